// What every way to a shell has in common for a benchmark: type, and see what comes back.
import { randomBytes } from 'node:crypto';
import { withTimeout } from '../core/with-timeout.js';

export const size = { cols: 120, rows: 40 } as const;
/** The same shell everywhere: no configuration of this machine. */
export const shell = { file: '/bin/bash', args: ['--norc', '--noprofile'] } as const;

export abstract class Terminal {
  abstract readonly name: string;
  /** Bytes that have come so far. */
  received = 0;
  #listener: ((data: Buffer) => void) | null = null;

  abstract type(text: string): void;
  abstract close(): void | Promise<void>;

  /** One at a time; null for none. */
  listen(listener: ((data: Buffer) => void) | null): void {
    this.#listener = listener;
  }

  /** Runs a command line; resolves when what it printed last has come. */
  async run(command: string, timeoutMs = 120_000): Promise<void> {
    const token = randomBytes(6).toString('hex');
    const seen = this.sees(`END${token}`, timeoutMs);
    // In two parts, so that the echo of the command is not taken for its end.
    this.type(`${command}; printf 'END%s\\n' ${token}\n`);
    await seen;
  }

  /** Resolves when the text has come. */
  sees(text: string, timeoutMs = 20_000): Promise<void> {
    const wanted = Buffer.from(text);
    let tail: Buffer = Buffer.alloc(0);
    const seen = new Promise<void>((resolve) => {
      this.listen((data) => {
        const joined = tail.length > 0 ? Buffer.concat([tail, data.subarray(0, wanted.length)]) : tail;
        if (joined.includes(wanted) || data.includes(wanted)) {
          this.listen(null);
          resolve();
        }
        tail = Buffer.from(
          (data.length >= wanted.length ? data : Buffer.concat([tail, data])).subarray(-wanted.length + 1),
        );
      });
    });
    return withTimeout(seen, timeoutMs, `${this.name} shows ${text}`);
  }

  protected got(data: Buffer): void {
    this.received += data.length;
    this.#listener?.(data);
  }
}
