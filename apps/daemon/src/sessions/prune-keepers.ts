// Removes keepers of earlier builds that nobody runs from any more, and half-installed ones.
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** @param used builds that sessions run from, the installed one included. Never fails: it is only about room. */
export async function pruneKeepers(stateDir: string, used: ReadonlySet<string>): Promise<void> {
  const root = path.join(stateDir, 'keepers');
  const names = await readdir(root).catch(() => []);
  for (const name of names.filter((each) => !used.has(each))) {
    await rm(path.join(root, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
