// The processes of this machine as a stop ladder needs them: who exists, who carries a session's marker, who to signal.
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { ProcessRef } from '@roundhouse/protocol';
import { parseStat, readStat, type ProcStat } from './proc.js';

export interface ProcessTable {
  /** All processes; null where the platform cannot tell (no /proc): then only a group can be signalled. */
  list(): Promise<ProcStat[] | null>;
  /** Whether the environment that the process was started with holds `entry` ("NAME=value"). */
  hasEnv(pid: number, entry: string): Promise<boolean>;
  /** Signals exactly this process; false when it is gone, is another one by now, or may not be signalled. */
  signal(ref: ProcessRef, signal: NodeJS.Signals): boolean;
  /** Signals a process group; `0` asks whether there is one. */
  signalGroup(pgid: number, signal: NodeJS.Signals | 0): boolean;
}

/**
 * Files of /proc read before others have their turn, under a millisecond. One after the other, so that one descriptor is
 * enough: a daemon that has no more must still be able to end what it started.
 */
const BATCH = 32;
/** Without a single descriptor left a list cannot be had, and an incomplete one would let processes live. */
const NO_DESCRIPTOR = { tries: 40, everyMs: 50 };

export const systemProcessTable: ProcessTable = {
  async list() {
    const names = await persistently(() => readdirSync('/proc'));
    const pids = names?.filter((name) => /^\d+$/.test(name)) ?? [];
    if (pids.length === 0) return null;
    const stats: ProcStat[] = [];
    for (const [index, pid] of pids.entries()) {
      if (index % BATCH === BATCH - 1) await setImmediate();
      const stat = parseStat(await readText(`/proc/${pid}/stat`));
      if (stat) stats.push(stat);
    }
    return stats;
  },
  async hasEnv(pid, entry) {
    const text = await readText(`/proc/${String(pid)}/environ`);
    return text.split('\0').includes(entry);
  },
  signal(ref, signal) {
    const stat = readStat(ref.pid);
    if (!stat || stat.startTime !== ref.startTime || stat.state === 'Z') return false;
    return kill(ref.pid, signal);
  },
  signalGroup: (pgid, signal) => kill(-pgid, signal),
};

/** Empty for a process that ended meanwhile or belongs to somebody else. */
const readText = async (path: string): Promise<string> =>
  (await persistently(() => readFileSync(path, 'utf8'))) ?? '';

/** Null for what is not there. @throws the error when descriptors are short for long */
async function persistently<T>(read: () => T): Promise<T | null> {
  for (let tries = 1; ; tries += 1) {
    try {
      return read();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code !== 'EMFILE' && code !== 'ENFILE') return null;
      if (tries >= NO_DESCRIPTOR.tries) throw error;
      await setTimeout(NO_DESCRIPTOR.everyMs);
    }
  }
}

function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
