// The processes of this machine as a stop ladder needs them: who exists, who carries a session's marker, who to signal.
import { readdir, readFile } from 'node:fs/promises';
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

/** Files of /proc read at once. */
const BATCH = 64;

export const systemProcessTable: ProcessTable = {
  async list() {
    const names = await readdir('/proc').catch(() => null);
    const pids = names?.filter((name) => /^\d+$/.test(name)) ?? [];
    if (pids.length === 0) return null;
    const stats: ProcStat[] = [];
    for (let at = 0; at < pids.length; at += BATCH) {
      const texts = await Promise.all(pids.slice(at, at + BATCH).map((pid) => readText(`/proc/${pid}/stat`)));
      stats.push(...texts.map(parseStat).filter((stat) => stat !== null));
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
const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
