// What a daemon can know of an epoch from its directory alone, when the keeper is gone.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  keeperExitSchema,
  keeperFileSchema,
  type KeeperExit,
  type KeeperFile,
  type KeeperResize,
} from '@roundhouse/protocol';
import { bootId, isProcessAlive } from './proc.js';
import { readResizes } from './resize-log.js';
import { EXIT_FILE, KEEPER_FILE } from './session-files.js';
import { openSpool, type EndedSpool } from './spool-reader.js';

/** `keeper.json` of an epoch; null when no keeper got so far, or the file is damaged. */
export async function readKeeperFile(dir: string): Promise<KeeperFile | null> {
  const parsed = keeperFileSchema.safeParse(await readJson(join(dir, KEEPER_FILE)));
  return parsed.success ? parsed.data : null;
}

/** `exit.json` of an epoch; null while the agent runs, and when the keeper died before the agent. */
export async function readExit(dir: string): Promise<KeeperExit | null> {
  const parsed = keeperExitSchema.safeParse(await readJson(join(dir, EXIT_FILE)));
  return parsed.success ? parsed.data : null;
}

/**
 * Whether the very keeper of that file still runs: same boot of the kernel, same pid, same start time. What follows the
 * first dot of a boot id is left out: a keeper of another build may know less, and must not be taken for dead.
 */
export function isKeeperAlive(file: KeeperFile): boolean {
  return kernelBoot(file.bootId) === kernelBoot(bootId()) && isProcessAlive(file.keeper);
}

const kernelBoot = (id: string): string => id.split('.')[0] ?? '';

/** Scrollback, sizes and exit of an epoch whose keeper is gone. */
export interface EndedSession {
  readonly spool: EndedSpool;
  readonly resizes: readonly KeeperResize[];
  readonly exit: KeeperExit | null;
}

export async function openEndedSession(dir: string): Promise<EndedSession> {
  const [spool, exit] = await Promise.all([openSpool(dir), readExit(dir)]);
  return { spool, exit, resizes: readResizes(dir) };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}
