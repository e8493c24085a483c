// Owns one long-running child of `npm start`: its output, its end, and stopping it in bounded time.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { LogFile } from './log-file.mjs';
import { createQuiet, sortLine } from './terminal-filter.mjs';

/**
 * Starts `node <script> …args` in a process group of its own, so that Ctrl-C reaches it through us only, once.
 * Keepers that a daemon starts are outside of our reach: signals go to this one pid.
 */
export class Service {
  #child;
  #onLine;

  constructor({ name, args, cwd, env, logPath, onLine = () => {} }) {
    this.name = name;
    this.#onLine = onLine;
    this.#child = spawn(process.execPath, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const log = new LogFile(logPath);
    const isNew = createQuiet();
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.#take(line, log, isNew));
    }
    /** Resolves to `{code, signal}` when the process has ended; never rejects. */
    this.ended = new Promise((resolve) => {
      this.#child.on('error', () => resolve({ code: 1, signal: null }));
      this.#child.on('exit', (code, signal) => resolve({ code, signal }));
    });
  }

  get pid() {
    return this.#child.pid;
  }

  #take(line, log, isNew) {
    const { show, log: kept } = sortLine(line, this.name);
    if (kept !== undefined) log.write(kept);
    if (show !== undefined && isNew(show)) process.stdout.write(`${show}\n`);
    this.#onLine(line);
  }

  /** SIGTERM, then SIGKILL after `graceMs`. Resolves when the process is gone. */
  async stop(graceMs) {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  kill() {
    this.#child.kill('SIGKILL');
  }
}
