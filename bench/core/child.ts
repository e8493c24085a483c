// A process of the benchmark itself, written in TypeScript as well; it ends with the channel to this one.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { withTimeout } from './with-timeout.js';

const here = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

export interface Child {
  readonly process: ChildProcess;
  /** The next thing that it says. */
  message(timeoutMs?: number): Promise<unknown>;
  send(message: object): void;
  stop(): void;
}

/** @param script path under bench/ */
export function startChild(script: string, args: readonly string[] = []): Child {
  const child = fork(here(script), [...args], { execArgv: ['--import', here('register.mjs')] });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${script} ended`)));
  ended.catch(() => undefined);
  return {
    process: child,
    async message(timeoutMs = 30_000) {
      const said = once(child, 'message').then(([message]: unknown[]) => message);
      return withTimeout(Promise.race([said, ended]), timeoutMs, `${script} says something`);
    },
    send: (message) => child.send(message),
    stop: () => child.kill('SIGKILL'),
  };
}
