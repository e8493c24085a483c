// Installs an agent's program from npm into a cache outside of the repository; what is there already stays.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { packages, type AgentName } from './versions.js';

/** The largest is 400 MB; a slow mirror needs its time. */
const installTimeoutMs = 300_000;
const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET/;

/** @returns the program; null when the registry cannot be reached, except in CI. @throws Error when npm failed */
export async function installAgent(agent: AgentName): Promise<string | null> {
  const [, name = '', version = ''] = /^(.+)@(.+)$/.exec(packages[agent]) ?? [];
  const cache = path.join(process.env['XDG_CACHE_HOME'] ?? tmpdir(), 'roundhouse-test-cache');
  const prefix = path.join(cache, `${path.basename(name)}-${version}`);
  const program = path.join(prefix, 'node_modules', '.bin', agent);
  if (existsSync(path.join(prefix, 'installed'))) return program;
  // Beside it, and moved when it is whole: another test may install the same at the same time.
  const part = `${prefix}.${String(process.pid)}`;
  try {
    mkdirSync(part, { recursive: true });
    const args = ['install', '--no-audit', '--no-fund', '--prefix', part, packages[agent]];
    await promisify(execFile)('npm', args, { timeout: installTimeoutMs, cwd: part });
    writeFileSync(path.join(part, 'installed'), '');
    if (!existsSync(path.join(prefix, 'installed'))) {
      rmSync(prefix, { recursive: true, force: true });
      renameSync(part, prefix);
    }
    return program;
  } catch (error) {
    if (!process.env['CI'] && unreachable.test(String(error))) return null;
    throw error;
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}
