// A daemon's `claude`: the shipped profile, and in place of the agent a script that does what Claude does with its words
// and its store, and writes down each of its starts.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { DaemonProcess } from './daemon.js';
import { inRepository } from './paths.js';
import type { Stack } from './stack.js';
import { until } from './wait.js';

/** One start of the agent, as it saw it. */
export interface Start {
  readonly session: string;
  /** Of its conversation. */
  readonly id: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly engine: string | null;
  /** The prompts of its conversation until then. */
  readonly said: readonly string[];
}

/** Puts it into `directory`. @returns the PATH on which it is `claude` */
export function installScriptedClaude(directory: string): string {
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, 'claude');
  const script = inRepository('e2e/scripts/scripted-claude.mjs');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
  chmodSync(file, 0o755);
  return `${directory}:${process.env['PATH'] ?? ''}`;
}

/** The words that are the same at each start of a session. */
export const settingsOf = (daemon: DaemonProcess, sessionId: string): readonly string[] => [
  '--settings',
  path.join(daemon.stateDir, 'sessions', sessionId, 'overlay', 'settings.json'),
];

export class ScriptedClaude {
  constructor(
    private readonly stack: Stack,
    private readonly daemon: DaemonProcess,
    readonly id: string,
  ) {}

  get starts(): Start[] {
    return startsOn(this.daemon).filter(({ session }) => session === this.id);
  }

  /** Its start of that number, from 1, once it waits for a prompt. */
  async atPrompt(number: number): Promise<Start> {
    const start = await until(() => this.starts[number - 1], {
      what: `start ${String(number)} of ${this.id}`,
      timeoutMs: 20_000,
    });
    await this.is('idle');
    return start;
  }

  /** @param before when the state began that is meant to be over */
  is(kind: string, before?: string): Promise<unknown> {
    return until(
      async () => {
        const { activity } = await this.stack.session(this.id);
        return activity?.kind === kind && activity.since !== before;
      },
      { what: `${this.id} is ${kind}` },
    );
  }

  type(line: string): Promise<unknown> {
    return this.stack.rest.ok('POST', `sessions/${this.id}/input`, { data: `${line}\r` });
  }

  /** Says something and waits until the agent has answered, and kept it. */
  async say(prompt: string): Promise<void> {
    const since = (await this.stack.session(this.id)).activity?.since;
    await this.type(prompt);
    await this.is('idle', since);
  }

  async exit(): Promise<void> {
    await this.type('/exit');
    await this.stack.sessionIs(this.id, 'exited');
  }

  async stop(): Promise<void> {
    await this.stack.rest.ok('POST', `sessions/${this.id}/stop`, {});
    await this.stack.sessionIs(this.id, 'exited');
  }

  /** As the button of the page does. */
  resume(body: Readonly<Record<string, unknown>> = {}) {
    return this.stack.rest.ok('POST', `sessions/${this.id}/resume`, { cols: 100, rows: 30, ...body });
  }
}

function startsOn({ home }: DaemonProcess): Start[] {
  return jsonLines(path.join(home, 'starts.jsonl')) as Start[];
}

/** A conversation in the agent's store. */
export const promptsOf = (daemon: DaemonProcess, cwd: string, id: string): string[] =>
  (jsonLines(storeFile(daemon, cwd, id)) as { message: string }[]).map(({ message }) => message);

/** One that somebody had with the agent outside of Roundhouse. */
export function keepOutside(daemon: DaemonProcess, cwd: string, id: string, message: string): void {
  const file = storeFile(daemon, cwd, id);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ type: 'user', sessionId: id, cwd, message })}\n`);
}

const storeFile = ({ home }: DaemonProcess, cwd: string, id: string): string =>
  path.join(home, '.claude/projects', cwd.replaceAll(/[^\w-]/g, '-'), `${id}.jsonl`);

/** The last line may be on its way. */
function jsonLines(file: string): unknown[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}
