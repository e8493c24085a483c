// One daemon per state directory: the second one says so and ends.
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
      if (await linked(own, file)) return () => release(file, text);
      await removeDead(file, stateDir);
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

/** Removes the lock of a holder that is gone. @throws AppError STATE_LOCKED when it lives */
async function removeDead(file: string, stateDir: string): Promise<void> {
  const found = await read(file);
  if (found === null) return;
  refuseIfAlive(found, stateDir);
  // Moved aside before it is removed: what was moved may be the lock of one who was faster.
  const aside = `${file}.${newId()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const moved = await read(aside);
  if (moved !== null && moved !== found) await linked(aside, file);
  await rm(aside, { force: true });
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
