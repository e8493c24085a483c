// Looks at /proc: who runs, and what a stack left behind.
import { readdirSync, readFileSync } from 'node:fs';

export interface Seen {
  readonly pid: number;
  readonly ppid: number;
  readonly state: string;
  readonly command: string;
}

export function processes(): Seen[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state = '', ppid = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), ppid: Number(ppid), state, command }];
      } catch {
        return [];
      }
    });
}

export const isAlive = (pid: number): boolean =>
  processes().some((seen) => seen.pid === pid && seen.state !== 'Z');

/** Whether the environment that the process was started with holds the text. */
function startedWith(pid: number, text: string): boolean {
  try {
    return readFileSync(`/proc/${String(pid)}/environ`, 'utf8').includes(text);
  } catch {
    return false;
  }
}

/** Processes that name the directory in their command line or environment: programs, keepers and agents of a stack. */
export const processesOf = (directory: string): Seen[] =>
  processes().filter(
    ({ pid, command, state }) =>
      pid !== process.pid && state !== 'Z' && (command.includes(directory) || startedWith(pid, directory)),
  );

/** Processes that carry the marker of the session. */
export const processesOfSession = (sessionId: string): Seen[] =>
  processes().filter(
    ({ pid, state }) => state !== 'Z' && startedWith(pid, `ROUNDHOUSE_SESSION=${sessionId}`),
  );
