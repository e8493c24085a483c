// A database that is initialised and migrated, made once a run by a hub that starts and stops: most hubs of the tests begin
// with a copy, which takes a third of a second instead of two.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HubProcess } from './hub.js';

/** Tells the workers where it is; without it hubs make their own. */
const variable = 'E2E_DATABASE_TEMPLATE';

/** @returns what removes it */
export async function makeDatabaseTemplate(): Promise<() => void> {
  const base = mkdtempSync(path.join(tmpdir(), 'rh-e2e-template-'));
  // The database's own user enters it.
  chmodSync(base, 0o711);
  const stateDir = path.join(base, 'hub');
  const hub = new HubProcess({ stateDir });
  try {
    await hub.start();
  } finally {
    await hub.stop();
  }
  process.env[variable] = path.join(stateDir, 'database');
  return () => {
    Reflect.deleteProperty(process.env, variable);
    rmSync(base, { recursive: true, force: true });
  };
}

/** For a hub of this version that has not started yet. Secrets and identity are not in the database: those stay its own. */
export function copyDatabase(stateDir: string): void {
  const template = process.env[variable];
  const target = path.join(stateDir, 'database');
  if (template === undefined || existsSync(target)) return;
  mkdirSync(target, { recursive: true });
  for (const dir of [stateDir, target]) chmodSync(dir, 0o711);
  for (const name of readdirSync(template)) {
    // The programs are read only.
    if (name.startsWith('postgres-')) symlinkSync(path.join(template, name), path.join(target, name));
    else if (name === 'data' || name === 'password')
      execFileSync('cp', ['-Rp', path.join(template, name), path.join(target, name)]);
  }
}
