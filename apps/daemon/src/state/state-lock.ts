// One daemon per state directory: the second one says so and ends.
import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newId } from '@roundhouse/kit';
import { AppError, processRefSchema } from '@roundhouse/protocol';
import { z } from 'zod';
import { bootId, isProcessAlive, processRef } from '../keeper/proc.js';

const holderSchema = processRefSchema.extend({ bootId: z.string() });
/** Each attempt removes one dead holder; more than these means that others come and go meanwhile. */
const attempts = 5;

/**
 * Takes the directory for this process. A lock of a process that is gone is taken over.
 * @returns what gives it back
 * @throws AppError STATE_LOCKED
 */
export async function lockStateDir(stateDir: string): Promise<() => Promise<void>> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const file = path.join(stateDir, 'daemon.lock');
  const own = `${file}.${newId()}`;
  const text = JSON.stringify({ ...processRef(process.pid), bootId: bootId(), nonce: newId() });
  await writeFile(own, text, { flag: 'wx', mode: 0o600 });
  try {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      // A link is there with its whole content or not at all: nobody ever reads half a lock.
      if ((await linked(own, file)) || (await takenOver(own, file, stateDir)))
        return () => release(file, text);
    }
  } finally {
    await rm(own, { force: true });
  }
  throw new AppError('STATE_LOCKED', { message: `Another daemon takes ${stateDir} at the same moment` });
}

async function linked(own: string, file: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Replaces the lock of a holder that is gone. Only who has the mark of that very lock may, so that nobody replaces the
 * lock of one who was faster.
 * @throws AppError STATE_LOCKED when the holder lives
 */
async function takenOver(own: string, file: string, stateDir: string): Promise<boolean> {
  const found = await read(file);
  if (found === null) return false;
  refuseIfAlive(found, stateDir);
  const mark = `${file}.${createHash('sha256').update(found).digest('hex').slice(0, 16)}`;
  if (!(await linked(own, mark))) {
    const marked = await read(mark);
    if (marked !== null) refuseIfAlive(marked, stateDir);
    // Its owner died in the act.
    await rm(mark, { force: true });
    return false;
  }
  try {
    if ((await read(file)) !== found) return false;
    // A link cannot be renamed over another link to the same file; a copy of its own can.
    await copyFile(own, `${own}.new`);
    await rename(`${own}.new`, file);
    return true;
  } finally {
    await rm(mark, { force: true });
  }
}

function refuseIfAlive(text: string, stateDir: string): void {
  const holder = holderSchema.safeParse(parse(text));
  if (!holder.success || holder.data.bootId !== bootId() || !isProcessAlive(holder.data)) return;
  throw new AppError('STATE_LOCKED', {
    message: `Another daemon (pid ${String(holder.data.pid)}) uses ${stateDir}`,
  });
}

async function release(file: string, text: string): Promise<void> {
  if ((await read(file)) === text) await rm(file, { force: true });
}

const read = (file: string): Promise<string | null> => readFile(file, 'utf8').catch(() => null);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
