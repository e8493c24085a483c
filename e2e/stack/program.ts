// One child process of a test: its lines, its end, and no way to leave it behind.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import process from 'node:process';
import type { Body } from './rest.js';
import { until } from './wait.js';

/** Settings of this shell that no program under test may see. */
const foreign =
  /^(ROUNDHOUSE_|OTEL_|XDG_|ANTHROPIC_|CLAUDE|(CODEX|GEMINI|GOOGLE|OPENAI|OPENCODE|QWEN)_|(DATABASE_URL|HUB_URL|JOIN_TOKEN|PROJECTS_ROOT|OTLP_PORT)$)/;

export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProgramOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What starts it, in front of Node and its arguments. */
  readonly launcher?: readonly string[];
  /** With a channel for messages, as the entries in `scripts/` need. */
  readonly ipc?: boolean;
}

export class Program {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  readonly ended: Promise<End>;
  end: End | null = null;
  #orders = 0;

  constructor(private readonly options: ProgramOptions) {
    const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
    const [command = '', ...args] = [...(options.launcher ?? []), process.execPath, ...options.args];
    this.child = spawn(command, args, {
      env: { ...Object.fromEntries(kept), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', ...(options.ipc ? (['ipc'] as const) : [])],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    }
    // One listener for each order that is under way.
    this.child.setMaxListeners(0);
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.end = { code, signal };
        resolve(this.end);
      });
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.options.name} was not started`);
    return this.child.pid;
  }

  /** The text behind `prefix` in the first line that starts with it. @throws Error when the program ends before */
  line(prefix: string, timeoutMs = 30_000): Promise<string> {
    const { name } = this.options;
    return until(
      () => {
        const found = this.lines.find((line) => line.startsWith(prefix));
        if (found !== undefined) return found.slice(prefix.length);
        if (this.end) throw new Error(`${name} ended before it said "${prefix}":\n${this.tail()}`);
        return null;
      },
      { what: `${name} says "${prefix}"`, timeoutMs },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.tail()}`, { cause: error });
    });
  }

  /** The last lines of the log, for a person. */
  tail(): string {
    return this.lines.slice(-40).join('\n');
  }

  /** An order to one of the entries in `scripts/`. @throws Error what went wrong there, or when it ended instead */
  async order(what: string, details: Readonly<Record<string, unknown>> = {}): Promise<Body> {
    this.#orders += 1;
    const id = this.#orders;
    const answer = new Promise<Body>((resolve, reject) => {
      const listen = (message: Body): void => {
        if (message.id !== id) return;
        this.child.off('message', listen);
        if (message.error === undefined) resolve(message.data);
        else reject(new Error(message.error));
      };
      this.child.on('message', listen);
    });
    this.child.send({ id, do: what, ...details });
    return Promise.race([
      answer,
      this.ended.then(() => Promise.reject(new Error(`${this.options.name} ended:\n${this.tail()}`))),
    ]);
  }

  kill(signal: NodeJS.Signals): Promise<End> {
    if (!this.end) this.child.kill(signal);
    return this.ended;
  }

  /** Ends it in order, or by force after a while. */
  async stop(graceMs = 12_000): Promise<End> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), graceMs);
    try {
      return await this.kill('SIGTERM');
    } finally {
      clearTimeout(timer);
    }
  }
}
