// A start that the last daemon did not see through: either its keeper is there, or none will ever be.
import { delay, type Clock } from '@roundhouse/kit';
import type { KeeperFile } from '@roundhouse/protocol';
import { readKeeperFile } from '../keeper/ended-session.js';
import { claimSessionDir } from '../keeper/session-files.js';

/** A keeper that has its directory writes keeper.json within milliseconds; it gives up its own start after 10 s. */
const limitMs = 10_000;
const lookMs = 50;

/**
 * Takes the keeper's place in the directory: one that was only just starting finds it taken, and starts nothing.
 * @returns keeper.json of the keeper that was faster; null when there is none
 * @throws the signal's reason
 */
export async function settleStart(
  dir: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<KeeperFile | null> {
  if (claimed(dir)) return null;
  const deadline = clock.monotonic() + limitMs;
  for (;;) {
    const file = await readKeeperFile(dir);
    if (file || clock.monotonic() >= deadline) return file;
    await delay(lookMs, clock, signal);
  }
}

function claimed(dir: string): boolean {
  try {
    claimSessionDir(dir);
    return true;
  } catch {
    // Taken already, or a disk that takes nothing: then keeper.json tells.
    return false;
  }
}
