// Which files of the state directory belong to a hub and go with it: keys and secrets without which its database is
// of no use. Everything else there is made again, or belongs to somebody else.
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** DATA: names below the state directory. */
export const savedFiles = [
  'hub-identity.json',
  'password-pepper',
  'tls/ca.pem',
  'tls/ca-key.pem',
  'tls/server.pem',
  'tls/server-key.pem',
] as const;

/** DATA: what else may lie there, and why it is left out; directories end with a slash. */
export const leftFiles: Readonly<Record<string, string>> = {
  'database/': 'its rows are in the backup',
  'daemon/': 'the state of a daemon on the same machine: sessions that run there',
  'backups/': 'earlier backups',
  'logs/': 'logs',
  'roundhouse.yaml': 'settings of this machine: ports, addresses, where the database is',
  'move-database.backup': 'on its way to another database',
  'setup-link': 'made anew while there is no user',
  'local-daemon.json': 'made anew at each start',
  'running.json': 'who runs now',
  'listening.json': 'where it listens now',
};

export interface StateFile {
  readonly name: string;
  readonly content: Buffer;
}

export async function readStateFiles(stateDir: string): Promise<StateFile[]> {
  const found: StateFile[] = [];
  for (const name of savedFiles) {
    const content = await readFile(path.join(stateDir, name)).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    });
    if (content !== null) found.push({ name, content });
  }
  return found;
}

/**
 * Puts the files in place; those that were there are kept in a directory beside them.
 * @returns that directory; null when nothing was there
 */
export async function placeStateFiles(
  stateDir: string,
  files: readonly StateFile[],
  now: Date,
): Promise<string | null> {
  const aside = path.join(stateDir, `before-restore-${now.toISOString().replace(/[:.]/g, '')}`);
  const drafts = files.map((file) => ({ ...file, draft: path.join(stateDir, `${file.name}.restore`) }));
  await mkdir(path.join(stateDir, 'tls'), { recursive: true, mode: 0o700 });
  for (const { draft, content } of drafts) {
    await writeFile(draft, content, { mode: 0o600, flush: true });
    await chmod(draft, 0o600);
  }
  let kept = false;
  for (const name of savedFiles) {
    const old = path.join(aside, name);
    await mkdir(path.dirname(old), { recursive: true, mode: 0o700 });
    kept = (await moved(path.join(stateDir, name), old)) || kept;
  }
  for (const { draft, name } of drafts) await rename(draft, path.join(stateDir, name));
  return kept ? aside : null;
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
