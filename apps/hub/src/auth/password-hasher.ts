// Argon2id with a pepper, a few at once: each takes 46 MiB, and a flood of sign-ins must not take all memory.
import path from 'node:path';
import { hash, verify, type Options } from '@node-rs/argon2';
import { newSecret } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { readOrCreateSecret } from './secret-file.js';

/** Argon2id (the library's default), 46 MiB, one pass: the OWASP choice with the least time. */
const cost = { memoryCost: 46 * 1024, timeCost: 1, parallelism: 1 } as const;
/** Hashes at once; 4 × 46 MiB. */
const maxConcurrent = 4;
/** Waiting ones; at a tenth of a second each, the last waits a few seconds. More are refused. */
const maxWaiting = 200;

export class PasswordHasher {
  readonly #options: Options;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #dummy: Promise<string> | null = null;

  /** @param pepper a secret that is not in the database, so that its dump alone does not help to guess */
  constructor(pepper: Uint8Array) {
    this.#options = { ...cost, secret: pepper };
  }

  static async load(stateDir: string): Promise<PasswordHasher> {
    const pepper = await readOrCreateSecret(path.join(stateDir, 'password-pepper'), newSecret);
    return new PasswordHasher(Buffer.from(pepper.trim(), 'base64url'));
  }

  /** Hashes that run now. */
  get running(): number {
    return this.#running;
  }

  /** @throws AppError RATE_LIMITED when too many wait */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password, this.#options));
  }

  /** Takes as long for an unknown user (`null`) as for a known one, and is false then. */
  async verify(stored: string | null, password: string): Promise<boolean> {
    this.#dummy ??= this.hash(newSecret());
    const against = stored ?? (await this.#dummy);
    const right = await this.#inTurn(() => verify(against, password, this.#options));
    return right && stored !== null;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= maxConcurrent) {
      if (this.#waiting.length >= maxWaiting) throw new AppError('RATE_LIMITED', { retryAfterS: 5 });
      // Whoever ends hands its place over, so the count stays.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
