// Owns one PTY; the only import of node-pty. Bytes in, bytes out, and no byte lost when the child exits.
import { randomInt } from 'node:crypto';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { constants as os } from 'node:os';
import { spawn, type UnixTerminal } from 'node-pty';
import { PtyInput } from './pty-input.js';
import { PtyOutput } from './pty-output.js';

export interface PtyOptions {
  /** Absolute path of the program; the caller has checked that it can be run. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cols: number;
  readonly rows: number;
  /** The bytes are the caller's until it returns. */
  readonly onData: (bytes: Buffer) => void;
  /** The program has ended, and what it printed last is on its way. */
  readonly onDrain?: () => void;
  /** Called once, after the last `onData`. */
  readonly onExit: (exit: PtyExit) => void;
}

/** Exactly one of the two is set. `signal` is a name such as SIGKILL. */
export interface PtyExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** How often a draining PTY looks whether it is done. */
const DRAIN_TICK_MS = 5;
/** Silence that ends the drain when the end mark could not be written (output stopped by Ctrl-S). */
const SILENCE_WITHOUT_MARK_MS = 100;
/** Silence that ends the drain when the mark is on its way: long, because a starved machine is slow, not done. */
const SILENCE_WITH_MARK_MS = 2_000;
/** A background process that keeps printing must not hold the exit back: what the child wrote is long through. */
const DRAIN_LIMIT_MS = 5_000;

/**
 * A program on a terminal of its own.
 *
 * libuv turns the hang-up of a PTY into end-of-file after a partial read, which drops what the kernel still queues,
 * and node-pty destroys its stream 200 ms after the exit, paused or not. So this class keeps the slave side open (no
 * hang-up can come), and holds the destruction back until a random mark that it writes to the slave after the exit
 * has come out of the master: everything that the child wrote was queued before it.
 */
export class Pty {
  readonly pid: number;
  readonly #term: UnixTerminal;
  readonly #options: PtyOptions;
  readonly #mark = Buffer.from(Array.from({ length: 32 }, () => randomInt(10)).join(''));
  readonly #input: PtyInput;
  readonly #output: PtyOutput;
  #slave: number | null;
  #markWritten = 0;
  #held: Buffer = Buffer.alloc(0);
  #paused = false;
  #exited = false;
  #lastData = performance.now();
  #drain: { timer: NodeJS.Timeout; since: number; destroy: () => void } | null = null;
  #drained = false;

  constructor(options: PtyOptions) {
    this.#options = options;
    this.#term = spawn(options.file, [...options.args], {
      name: options.env['TERM'] ?? 'xterm-256color',
      cols: options.cols,
      rows: options.rows,
      cwd: options.cwd,
      env: { ...options.env },
      encoding: null,
    });
    this.pid = this.#term.pid;
    this.#input = new PtyInput(this.#term.fd);
    this.#output = new PtyOutput(this.#term.fd);
    this.#slave = openSlave(this.#term._pty);
    const socket = this.#term._socket;
    const destroy = socket.destroy.bind(socket);
    socket.destroy = (error?: Error) => {
      this.#startDrain(() => destroy(error));
      return socket;
    };
    this.#term.onData((bytes) => this.#received(bytes));
    this.#term.onExit(({ exitCode, signal }) => this.#ended(exitCode, signal ?? 0));
  }

  /** Bytes accepted by `write` that the program has not read yet. */
  get pendingInput(): number {
    return this.#input.pending;
  }

  write(bytes: Buffer): void {
    if (!this.#exited && !this.#drain) this.#input.write(bytes);
  }

  resize(cols: number, rows: number): void {
    if (!this.#exited && !this.#drain) this.#term.resize(cols, rows);
  }

  /** Stops reading: the program blocks once the kernel's buffer is full. Nothing is lost, even when it exits now. */
  pause(): void {
    this.#paused = true;
    this.#term._socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#lastData = performance.now();
    this.#term._socket.resume();
  }

  #received(bytes: Buffer): void {
    this.#take(bytes);
    if (this.#paused || this.#drained) return;
    const more = this.#output.more(bytes.length);
    if (more) this.#take(more);
  }

  #take(bytes: Buffer): void {
    this.#lastData = performance.now();
    if (this.#drained) return;
    if (this.#markWritten === 0) return this.#options.onData(bytes);
    const joined = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes;
    const end = joined.indexOf(this.#mark);
    const sure = end >= 0 ? end : Math.max(0, joined.length - this.#mark.length + 1);
    if (sure > 0) this.#options.onData(joined.subarray(0, sure));
    this.#held = end >= 0 ? Buffer.alloc(0) : Buffer.from(joined.subarray(sure));
    if (end >= 0) this.#finishDrain();
  }

  #startDrain(destroy: () => void): void {
    if (this.#drain || this.#drained) return;
    this.#lastData = performance.now();
    const timer = setInterval(() => this.#tickDrain(), DRAIN_TICK_MS);
    this.#drain = { timer, since: this.#lastData, destroy };
    this.#writeMark();
    this.#options.onDrain?.();
  }

  #tickDrain(): void {
    const now = performance.now();
    if (!this.#drain) return;
    if (this.#paused) {
      this.#lastData = this.#drain.since = now;
      return;
    }
    this.#writeMark();
    const silence = this.#markWritten === this.#mark.length ? SILENCE_WITH_MARK_MS : SILENCE_WITHOUT_MARK_MS;
    const over = () => performance.now() - this.#lastData >= silence;
    // The immediate runs after the poll phase: a loop that was blocked gets to read before silence is believed.
    if (now - this.#drain.since >= DRAIN_LIMIT_MS) this.#finishDrain();
    else if (over()) setImmediate(() => (over() ? this.#finishDrain() : undefined));
  }

  #writeMark(): void {
    if (this.#slave === null || this.#markWritten >= this.#mark.length) return;
    try {
      this.#markWritten += writeSync(this.#slave, this.#mark, this.#markWritten);
    } catch {
      // EAGAIN: the queue is full or stopped. The next tick tries again, and silence ends the drain otherwise.
    }
  }

  #finishDrain(): void {
    const drain = this.#drain;
    if (!drain) return;
    this.#drain = null;
    this.#drained = true;
    clearInterval(drain.timer);
    const rest = withoutPartOf(this.#mark, this.#held);
    if (rest.length > 0) this.#options.onData(rest);
    if (this.#slave !== null) closeSync(this.#slave);
    this.#slave = null;
    this.#input.close();
    drain.destroy();
  }

  #ended(code: number, signal: number): void {
    if (this.#exited) return;
    this.#exited = true;
    this.#options.onExit(
      signal > 0 ? { exitCode: null, signal: signalName(signal) } : { exitCode: code, signal: null },
    );
  }
}

function openSlave(path: string): number | null {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  } catch {
    return null; // No slave to hold (a platform without /dev/pts): the drain falls back to silence.
  }
}

/** `bytes` without the beginning of `mark` that they may end with. */
function withoutPartOf(mark: Buffer, bytes: Buffer): Buffer {
  for (let length = Math.min(mark.length, bytes.length); length > 0; length -= 1) {
    const cut = bytes.length - length;
    if (bytes.subarray(cut).equals(mark.subarray(0, length))) return bytes.subarray(0, cut);
  }
  return bytes;
}

function signalName(number: number): string {
  const entry = Object.entries(os.signals).find(([, value]) => value === number);
  return entry ? entry[0] : `SIG${number}`;
}
