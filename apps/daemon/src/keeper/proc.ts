// Reads /proc: who a process is, so that a reused pid is never taken for it. Linux; elsewhere everything is unknown.
import { readFileSync } from 'node:fs';
import type { ProcessRef } from '@roundhouse/protocol';

/** One line of /proc/<pid>/stat, see proc(5). */
export interface ProcStat {
  readonly pid: number;
  readonly comm: string;
  /** One letter; Z is a zombie: dead, but not reaped. */
  readonly state: string;
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  /** Clock ticks since boot. */
  readonly startTime: number;
}

/** @returns null for text that is not a stat line. The command name may hold spaces and brackets. */
export function parseStat(text: string): ProcStat | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const rest = text.slice(close + 2).split(' ');
  const number = (index: number): number => Number(rest[index]);
  const stat = {
    pid: Number(text.slice(0, open)),
    comm: text.slice(open + 1, close),
    state: rest[0] ?? '?',
    ppid: number(1),
    pgrp: number(2),
    session: number(3),
    startTime: number(19),
  };
  return Number.isInteger(stat.pid) && Number.isInteger(stat.startTime) ? stat : null;
}

/** @returns null when there is no such process, or no /proc. */
export function readStat(pid: number): ProcStat | null {
  try {
    return parseStat(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    return null;
  }
}

/** The process as it can be recognised later; `startTime` is 0 where there is no /proc. */
export function processRef(pid: number): ProcessRef {
  return { pid, startTime: readStat(pid)?.startTime ?? 0 };
}

/**
 * Whether exactly this process still runs. A zombie is dead. A `startTime` of 0 (no /proc when it was taken) can only
 * be answered by the pid.
 */
export function isProcessAlive(ref: ProcessRef): boolean {
  const stat = readStat(ref.pid);
  if (stat) return stat.state !== 'Z' && (ref.startTime === 0 || stat.startTime === ref.startTime);
  return ref.startTime === 0 && answersSignal(ref.pid);
}

/**
 * Identifies this boot of the machine, or of the container, whose PID 1 starts with it: pids mean nothing across
 * boots. Empty when unknown.
 */
export function bootId(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}.${String(readStat(1)?.startTime ?? 0)}`;
  } catch {
    return '';
  }
}

function answersSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
