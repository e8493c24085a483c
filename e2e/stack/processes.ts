// Looks at /proc: who runs, and what a stack left behind.
import { readdirSync, readFileSync } from 'node:fs';
import { until } from './wait.js';

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
const startedWith = (pid: number, text: string): boolean => environment(pid).includes(text);

function environment(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/environ`, 'utf8');
  } catch {
    return '';
  }
}

/** Processes that name the directory in their command line or environment: programs, keepers and agents of a stack. */
export const processesOf = (directory: string): Seen[] =>
  processes().filter(
    ({ pid, command, state }) =>
      pid !== process.pid && state !== 'Z' && (command.includes(directory) || startedWith(pid, directory)),
  );

/** To one that may be gone since it was seen. */
function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** To a process and those that it started itself. */
export function signalWithChildren(parent: number, signal: NodeJS.Signals): void {
  for (const { pid, ppid } of processes()) if (pid === parent || ppid === parent) signalIfThere(pid, signal);
}

/** Ends, by force, what is left of a stack or a server: keepers and agents outlive their daemon, for example. */
export async function endProcessesOf(directory: string): Promise<void> {
  const isEmpty = (): boolean => {
    const left = processesOf(directory);
    for (const { pid } of left) signalIfThere(pid, 'SIGKILL');
    return left.length === 0;
  };
  await until(isEmpty, { what: `every process of ${directory} is gone` });
}

/** Processes that carry the marker of the session. */
export const processesOfSession = (sessionId: string): Seen[] =>
  processes().filter(
    ({ pid, state }) => state !== 'Z' && startedWith(pid, `ROUNDHOUSE_SESSION=${sessionId}`),
  );

/** The agents of a stack (its directory stands in their environment), each with the session that it belongs to. */
export function agentsOf(directory: string): (Seen & { session: string })[] {
  return processes().flatMap((seen) => {
    if (seen.state === 'Z' || !startedWith(seen.pid, directory)) return [];
    const session = /ROUNDHOUSE_SESSION=([0-9a-f-]{36})/.exec(environment(seen.pid))?.[1];
    return session === undefined ? [] : [{ ...seen, session }];
  });
}
