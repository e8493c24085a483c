// One daemon per state directory: the second one says so and ends.
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@roundhouse/protocol';
import { isProcessAlive, processRef } from '../keeper/proc.js';

/**
 * Takes the directory for this process. A lock of a process that is gone is taken over.
 * @returns what gives it back
 * @throws AppError STATE_LOCKED
 */
export async function lockStateDir(stateDir: string): Promise<() => Promise<void>> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const file = path.join(stateDir, 'daemon.lock');
  const own = processRef(process.pid);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(JSON.stringify(own));
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = await readHolder(file);
    if (holder && isProcessAlive(holder)) {
      throw new AppError('STATE_LOCKED', {
        message: `Another daemon (pid ${String(holder.pid)}) uses ${stateDir}`,
      });
    }
    await rm(file, { force: true });
  }
  throw new AppError('STATE_LOCKED', { message: `Another daemon takes ${stateDir} at the same moment` });
}

async function readHolder(file: string): Promise<{ pid: number; startTime: number } | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('startTime' in value))
      return null;
    const { pid, startTime } = value;
    return typeof pid === 'number' && typeof startTime === 'number' ? { pid, startTime } : null;
  } catch {
    return null;
  }
}
