// Who a process id really is: pids are reused, so a pid alone never proves anything.
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** `ps` answers at once; the bound is for a machine that is out of memory. */
const psTimeoutMs = 5_000;

async function ps(pid: number, column: string): Promise<string | null> {
  try {
    const { stdout } = await run('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)], {
      timeout: psTimeoutMs,
    });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}

/**
 * When the process started, as an opaque string that differs between two processes of the same pid;
 * null when there is no such process (a zombie counts as gone).
 * Source: field 22 of /proc/<pid>/stat (proc(5)) on Linux, `ps -o lstart` elsewhere.
 */
export async function processStartedAt(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return ps(pid, 'lstart');
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The name in field 2 may itself hold blanks and brackets: count from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

/** The arguments of a process; null when there is none. */
export async function processArguments(pid: number): Promise<string[] | null> {
  if (process.platform !== 'linux') return (await ps(pid, 'command'))?.split(' ') ?? null;
  const line = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '');
  return line === '' ? null : line.replace(/\0$/, '').split('\0');
}

/**
 * Living processes whose working directory is this one: every process of a PostgreSQL server works in its data
 * directory. Empty where there is no /proc.
 */
export async function processesIn(directory: string): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const found: number[] = [];
  for (const name of names.filter((entry) => /^\d+$/.test(entry))) {
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => null);
    if (cwd === directory && (await processStartedAt(Number(name))) !== null) found.push(Number(name));
  }
  return found;
}

/** Sends a signal; false when the process is gone or not ours. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
