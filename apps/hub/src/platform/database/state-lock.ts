// One hub per state directory: a lock file that names its owner by pid and start time, so that a killed
// owner never blocks the next start and a reused pid never counts as the owner.
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { AppError } from '@roundhouse/protocol';
import { z } from 'zod';
import { processStartedAt } from './process-identity.js';

const ownerSchema = z.object({ pid: z.int().positive(), startedAt: z.string(), nonce: z.string() });

/** Two contenders settle within a few rounds; more means that the directory is not what it seems. */
const maxRounds = 20;

export interface StateLock {
  release(): Promise<void>;
}

/**
 * Takes the lock, also from an owner that is dead.
 * @throws AppError STATE_LOCKED when a living process holds it; its pid is in the message.
 */
export async function acquireStateLock(file: string): Promise<StateLock> {
  const startedAt = (await processStartedAt(process.pid)) ?? '';
  const mine = JSON.stringify({ pid: process.pid, startedAt, nonce: randomUUID() });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    for (let round = 0; round < maxRounds; round += 1) {
      // A link appears with its content or not at all, so nobody ever reads a half-written owner.
      if (await linked(draft, file)) return { release: () => releaseLock(file, mine) };
      await removeIfStale(file);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw locked(file, null);
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function removeIfStale(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return;
  const owner = parseOwner(text);
  if (owner && (await processStartedAt(owner.pid)) === owner.startedAt) throw locked(file, owner.pid);
  // Move, then look: only one contender gets the stale file, and a fresh one taken by mistake goes back.
  const aside = `${file}.stale-${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8').catch(() => text)) !== text) await linked(aside, file);
  await rm(aside, { force: true });
}

async function releaseLock(file: string, mine: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === mine) await rm(file, { force: true });
}

function parseOwner(text: string): z.infer<typeof ownerSchema> | null {
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

const locked = (file: string, pid: number | null): AppError =>
  new AppError('STATE_LOCKED', {
    message:
      pid === null
        ? `The lock ${file} could not be taken`
        : `The state directory is used by process ${String(pid)} (lock ${file})`,
    hint: 'Stop that process, or choose another directory with ROUNDHOUSE_STATE_DIR.',
  });
