// Figures of running processes and of what people feel.
import { readdirSync, readFileSync } from 'node:fs';
import { until } from './wait.js';
import type { Viewer } from './viewer.js';

/** Ticks of /proc in a second; 100 on every Linux that Node runs on. */
const ticksPerS = 100;

const statusOf = (pid: number): string => readFileSync(`/proc/${String(pid)}/status`, 'utf8');

/** Resident memory in MiB. */
export const rssMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(statusOf(pid))?.[1]) / 1024;

export interface Footprint {
  readonly fds: number;
  readonly threads: number;
}

export const footprint = (pid: number): Footprint => ({
  fds: readdirSync(`/proc/${String(pid)}/fd`).length,
  threads: Number(/Threads:\s+(\d+)/.exec(statusOf(pid))?.[1]),
});

/** Processor time so far, in seconds. */
export function cpuS(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerS;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Types single keys into an agent that echoes, each once the last one has come back: milliseconds of each. */
export async function keystrokes(viewer: Viewer, goOn: () => boolean): Promise<number[]> {
  const took: number[] = [];
  while (goOn()) {
    const { offset } = viewer;
    const began = performance.now();
    await viewer.type('k');
    await until(() => viewer.offset > offset, { what: 'the echo of a key', everyMs: 1 });
    took.push(viewer.lastOutputAt - began);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return took;
}
