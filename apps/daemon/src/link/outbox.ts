// Facts for the hub, on disk until it has applied them: numbered without gaps, in order.
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { newId, type Clock, type Logger } from '@roundhouse/kit';
import { AppError, type Fact, type FactBody } from '@roundhouse/protocol';
import { asNoSpace, readIfThere, writeWhole } from '../state/json-file.js';
import { factLine, outboxText, readOutbox, type OutboxState } from './outbox-file.js';

/** Totals replace each other, so only a hub that was away for years of sessions lets it grow to this. */
const factsMax = 20_000;
/** The file is rewritten when it has grown by this since it was last written whole. */
const rewriteAfterBytes = 4 * 1024 * 1024;

export interface OutboxOptions {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Outbox {
  readonly #file: string;
  readonly #options: OutboxOptions;
  #stream: string;
  #nextSeq: number;
  #facts: Fact[];
  /** Facts up to here may be on their way: they are not replaced any more. */
  #sentUpTo = 0;
  #handle: FileHandle | null = null;
  /** A write failed half-way: what follows it would not be readable. */
  #torn = false;
  #appended = 0;
  #closed = false;
  #writing: Promise<void> = Promise.resolve();
  #onAdded: () => void = () => undefined;

  private constructor(options: OutboxOptions, file: string, state: OutboxState) {
    this.#options = options;
    this.#file = file;
    this.#stream = state.stream;
    this.#nextSeq = state.nextSeq;
    this.#facts = state.facts;
  }

  /** A damaged tail (a crash in mid-write) is dropped: what was not written whole was not promised. */
  static async open(options: OutboxOptions): Promise<Outbox> {
    await mkdir(options.stateDir, { recursive: true, mode: 0o700 });
    const file = path.join(options.stateDir, 'outbox.jsonl');
    const outbox = new Outbox(options, file, readOutbox((await readIfThere(file)) ?? '', newId));
    await outbox.#rewrite();
    return outbox;
  }

  /** Identity of the numbering: a new one begins at 1. */
  get stream(): string {
    return this.#stream;
  }

  /** Number of the last fact written. */
  get lastSeq(): number {
    return this.#nextSeq - 1;
  }

  get size(): number {
    return this.#facts.length;
  }

  /** Whether there is a fact that was never handed out. */
  get hasUnsent(): boolean {
    return (this.#facts.at(-1)?.seq ?? 0) > this.#sentUpTo;
  }

  onAdded(listener: () => void): void {
    this.#onAdded = listener;
  }

  /**
   * Keeps a fact; resolves when it is on disk. Newer totals replace older ones that were not sent yet.
   * @throws AppError NO_SPACE, SHUTTING_DOWN; the fact is not kept then
   */
  add(body: FactBody): Promise<void> {
    return this.#serial(async () => {
      if (this.#closed) throw new AppError('SHUTTING_DOWN');
      const older = this.#replaceable(body);
      if (!older && body.kind === 'session.usage' && this.#facts.length >= factsMax) {
        this.#options.logger.error('the outbox is full: totals wait for the hub');
        return;
      }
      const at = new Date(this.#options.clock.now()).toISOString();
      if (older) await this.#replace(older, { seq: older.seq, at, body });
      else await this.#append({ seq: this.#nextSeq, at, body });
      this.#onAdded();
    });
  }

  /** The oldest facts, which from now on are not replaced. */
  take(max: number): readonly Fact[] {
    const taken = this.#facts.slice(0, max);
    this.#sentUpTo = Math.max(this.#sentUpTo, taken.at(-1)?.seq ?? 0);
    return taken;
  }

  /** The hub has applied everything up to `seq`. */
  acked(seq: number): Promise<void> {
    return this.#serial(async () => {
      const before = this.#facts.length;
      const last = Math.min(seq, this.lastSeq);
      this.#facts = this.#facts.filter((fact) => fact.seq > last);
      this.#sentUpTo = Math.max(this.#sentUpTo, last);
      const grown = this.#appended > rewriteAfterBytes;
      if (before > 0 && (this.#facts.length === 0 || grown)) await this.#rewrite();
    });
  }

  /**
   * What the hub says at the start of a link. When it knows less than was removed here, or more than was written here
   * (one of the two was restored from a copy), the numbers mean nothing any more: what is left is numbered anew.
   */
  agree(seq: number): Promise<void> {
    const first = this.#facts[0]?.seq ?? this.#nextSeq;
    if (seq >= first - 1 && seq <= this.lastSeq) return this.acked(seq);
    return this.#serial(async () => {
      this.#options.logger.warn({ hub: seq, first, last: this.lastSeq }, 'facts are numbered anew');
      this.#stream = newId();
      this.#facts = this.#facts.map((fact, index) => ({ ...fact, seq: index + 1 }));
      this.#nextSeq = this.#facts.length + 1;
      this.#sentUpTo = 0;
      await this.#rewrite();
    });
  }

  async close(): Promise<void> {
    await this.#serial(async () => {
      this.#closed = true;
      await this.#closeFile();
    });
  }

  #replaceable(body: FactBody): Fact | undefined {
    if (body.kind !== 'session.usage') return undefined;
    return this.#facts.find(
      ({ seq, body: kept }) =>
        seq > this.#sentUpTo &&
        kept.kind === 'session.usage' &&
        kept.sessionId === body.sessionId &&
        kept.epoch === body.epoch,
    );
  }

  async #replace(older: Fact, fact: Fact): Promise<void> {
    await this.#write(fact);
    // Handed out while it was written: the hub gets the older totals, so these need a number of their own.
    if (older.seq <= this.#sentUpTo) await this.#append({ ...fact, seq: this.#nextSeq });
    else this.#facts[this.#facts.indexOf(older)] = fact;
  }

  async #append(fact: Fact): Promise<void> {
    await this.#write(fact);
    this.#facts.push(fact);
    this.#nextSeq += 1;
  }

  async #write(fact: Fact): Promise<void> {
    if (this.#torn) await this.#rewrite();
    const line = factLine(fact);
    try {
      this.#handle ??= await open(this.#file, 'a', 0o600);
      this.#torn = true;
      await this.#handle.appendFile(line);
      await this.#handle.datasync();
      this.#torn = false;
    } catch (error) {
      throw asNoSpace(this.#file, error);
    }
    this.#appended += line.length;
  }

  async #rewrite(): Promise<void> {
    const state = { stream: this.#stream, nextSeq: this.#nextSeq, facts: this.#facts };
    await this.#closeFile();
    await writeWhole(this.#file, outboxText(state));
    this.#appended = 0;
    this.#torn = false;
  }

  async #closeFile(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  #serial(work: () => Promise<void>): Promise<void> {
    const run = this.#writing.then(work);
    this.#writing = run.catch(() => undefined);
    return run;
  }
}
