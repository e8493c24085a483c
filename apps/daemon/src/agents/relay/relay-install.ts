// Puts the relay into the state directory, by its content: what an agent was started with is not touched by an upgrade.
import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { writeWhole } from '../../state/json-file.js';
import { relayScript } from './relay-script.js';

/** Relays of earlier builds are kept this long after the last daemon that installed them: agents outlive daemons. */
const KEPT_MS = 90 * 24 * 60 * 60 * 1000;

export interface InstalledRelay {
  /** Absolute path of the script. */
  readonly script: string;
}

/**
 * Writes `<stateDir>/relay/<hash>/hook.sh`; an intact one is used as it is.
 * @throws AppError NO_SPACE
 */
export async function installRelay(stateDir: string, now: number): Promise<InstalledRelay> {
  const root = path.join(stateDir, 'relay');
  const build = createHash('sha256').update(relayScript).digest('hex').slice(0, 16);
  const directory = path.join(root, build);
  const script = path.join(directory, 'hook.sh');
  const there = await readFile(script, 'utf8').catch(() => null);
  if (there !== relayScript) await writeWhole(script, relayScript);
  await chmod(script, 0o755);
  await utimes(directory, now / 1_000, now / 1_000).catch(() => undefined);
  await pruneRelays(root, build, now);
  return { script };
}

/** Never fails: it is only about room. */
async function pruneRelays(root: string, used: string, now: number): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    if (name === used) continue;
    const directory = path.join(root, name);
    const found = await stat(directory).catch(() => null);
    if (found && now - found.mtimeMs > KEPT_MS)
      await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** The relay as words of a shell: an event's name follows. */
export const relayCommand = (script: string, directory: string): string =>
  `/bin/sh ${quoted(script)} ${quoted(directory)}`;

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
