// What a process costs, as /proc tells it.
import { readdirSync, readFileSync } from 'node:fs';

const mebibyte = 1024 * 1024;
/** Ticks of a second in /proc/<pid>/stat; Linux has shown 100 to programs for decades. */
const ticksPerSecond = 100;

export interface Figures {
  readonly rssMb: number;
  readonly fds: number;
  readonly threads: number;
}

export function figuresOf(pid: number): Figures {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  const fds = readdirSync(`/proc/${String(pid)}/fd`).length;
  return { rssMb: (field('VmRSS') * 1024) / mebibyte, fds, threads: field('Threads') };
}

/** Processor time that the process has used, in seconds. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** How busy the machine is: processes that want to run, over the last minute. */
export const loadAverage = (): number => Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
