// The same agent in a terminal without Roundhouse, for the same turn: what it writes by itself.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Screen } from '../stack/screen.js';
import { processesOf } from '../stack/processes.js';
import { until } from '../stack/wait.js';
import type { RealAgent } from './real-agents.js';
import { echoOf, echoTimeoutMs, enterPauseMs, typeUntilShown } from './typing.js';

export interface ControlRun {
  readonly agent: RealAgent;
  readonly program: string;
  readonly home: string;
  readonly project: string;
  readonly env: Readonly<Record<string, string>>;
  readonly prompt: string;
  /** On the screen when the turn has ended. */
  readonly ended: RegExp;
  readonly size: { readonly cols: number; readonly rows: number };
}

const endTimeoutMs = 10_000;

export async function controlRun({
  agent,
  program,
  home,
  project,
  env,
  prompt,
  ended,
  size,
}: ControlRun): Promise<void> {
  const screen = new Screen(size.cols, size.rows);
  // script(1) makes the terminal.
  const command = `stty cols ${String(size.cols)} rows ${String(size.rows)}; exec '${program}' ${agent.arguments.join(' ')}`;
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    cwd: project,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      ...{ PATH: process.env['PATH'] ?? '', HOME: home, SHELL: '/bin/bash', LANG: 'C.UTF-8' },
      ...{ TERM: 'xterm-256color', COLORTERM: 'truecolor', ...env },
    },
  });
  child.stdout.on('data', (data: Buffer) => void screen.write(data));
  const shows = async (look: RegExp | string, timeoutMs = 60_000) => {
    const fits = (text: string) => (typeof look === 'string' ? text.includes(look) : look.test(text));
    await until(async () => fits(await screen.text()), {
      what: `${agent.name} alone shows ${String(look)}`,
      timeoutMs,
    }).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await screen.text()}`);
    });
  };
  try {
    await shows(agent.screen.prompt);
    await sleep(2 * enterPauseMs);
    await typeUntilShown(
      () => void child.stdin.write(prompt),
      () => shows(echoOf(prompt), echoTimeoutMs),
    );
    await sleep(enterPauseMs);
    child.stdin.write('\r');
    if (agent.asks) {
      await shows(agent.screen.asking);
      child.stdin.write(agent.approve);
    }
    await shows(ended);
    await sleep(2 * enterPauseMs);
  } finally {
    // Its terminal is gone, which ends it; whatever does not heed that is killed.
    child.kill('SIGTERM');
    await until(() => processesOf(home).length === 0, { what: 'it ends', timeoutMs: endTimeoutMs }).catch(
      () => {
        for (const { pid } of processesOf(home)) process.kill(pid, 'SIGKILL');
      },
    );
  }
}
