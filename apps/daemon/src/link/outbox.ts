// Facts for the hub, on disk until it has applied them: numbered without gaps, in order.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { newId, type Clock, type Logger } from '@roundhouse/kit';
import { AppError, type Fact, type FactBody } from '@roundhouse/protocol';
import { AppendFile } from '../state/append-file.js';
import { GroupCommit } from '../state/group-commit.js';
import { readIfThere } from '../state/json-file.js';
import { ackedLine, factLine, outboxText, readOutbox, type OutboxState } from './outbox-file.js';
import { planFacts, sourceOf } from './outbox-plan.js';

/** Totals replace each other, so only a hub that was away for years of sessions lets it grow to this. */
const factsMax = 20_000;
/** Facts are handed out up to this size together: it bounds a message, and what the hub applies at once. */
const takeMaxBytes = 256 * 1024;
/** The file is written anew when it has grown by this since it was last written whole, ... */
const rewriteAfterBytes = 4 * 1024 * 1024;
/** ... or by this, when nothing in it is needed any more. */
const emptyAfterBytes = 256 * 1024;

export interface OutboxOptions {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #file: AppendFile;
  readonly #writes: GroupCommit<FactBody>;
  #stream: string;
  #nextSeq: number;
  #facts: Fact[];
  /** The newest fact about the usage of each epoch. */
  #usage = new Map<string, number>();
  /** Facts up to here may be on their way: they are not replaced any more. */
  #sentUpTo = 0;
  /**
   * What was read from the file may have been sent by an earlier life of this daemon: a hub that has it drops what comes
   * under its number. It is sent, and not replaced.
   */
  #readUpTo: number;
  /** Up to where the file does not say yet that the hub has them; written with what comes next. */
  #ackedUpTo = 0;
  #closed = false;
  #onAdded: () => void = () => undefined;

  private constructor(options: OutboxOptions, file: string, state: OutboxState) {
    this.#options = options;
    this.#stream = state.stream;
    this.#nextSeq = state.nextSeq;
    this.#facts = state.facts;
    this.#readUpTo = state.nextSeq - 1;
    this.#file = new AppendFile({ file, content: () => this.#text });
    this.#writes = new GroupCommit({
      clock: options.clock,
      gatherMs: 0,
      commit: (bodies) => this.#commit(bodies),
    });
    this.#index();
  }

  /** A damaged tail (a crash in mid-write) is dropped: what was not written whole was not promised. */
  static async open(options: OutboxOptions): Promise<Outbox> {
    await mkdir(options.stateDir, { recursive: true, mode: 0o700 });
    const file = path.join(options.stateDir, 'outbox.jsonl');
    const outbox = new Outbox(options, file, readOutbox((await readIfThere(file)) ?? '', newId));
    await outbox.#file.rewrite();
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
   * Keeps a fact; resolves when it is on disk, together with others that wait. Newer usage is united with older usage
   * that was not sent yet.
   * @throws AppError NO_SPACE, SHUTTING_DOWN; the fact is not kept then
   */
  add(body: FactBody): Promise<void> {
    return this.#writes.add(body);
  }

  /** The oldest facts, which from now on are not replaced: at most so many, and not too large together. */
  take(max: number): readonly Fact[] {
    let bytes = 0;
    const oversized = this.#facts.slice(0, max).findIndex((fact) => {
      bytes += factLine(fact).length;
      return bytes > takeMaxBytes;
    });
    const taken = this.#facts.slice(0, oversized === -1 ? max : Math.max(1, oversized));
    this.#sentUpTo = Math.max(this.#sentUpTo, taken.at(-1)?.seq ?? 0);
    return taken;
  }

  /** The hub has applied everything up to `seq`. */
  acked(seq: number): Promise<void> {
    return this.#writes.run(async () => {
      const last = Math.min(seq, this.lastSeq);
      this.#facts = this.#facts.filter((fact) => fact.seq > last);
      this.#sentUpTo = Math.max(this.#sentUpTo, last);
      this.#ackedUpTo = Math.max(this.#ackedUpTo, last);
      for (const [source, newest] of this.#usage) if (newest <= last) this.#usage.delete(source);
      const { appended } = this.#file;
      if (appended > rewriteAfterBytes || (this.#facts.length === 0 && appended > emptyAfterBytes)) {
        await this.#file.rewrite();
      }
    });
  }

  /**
   * What the hub says at the start of a link. When it knows less than was removed here, or more than was written here
   * (one of the two was restored from a copy), the numbers mean nothing any more: what is left is numbered anew.
   */
  agree(seq: number): Promise<void> {
    const first = this.#facts[0]?.seq ?? this.#nextSeq;
    if (seq >= first - 1 && seq <= this.lastSeq) return this.acked(seq);
    return this.#writes.run(async () => {
      this.#options.logger.warn({ hub: seq, first, last: this.lastSeq }, 'facts are numbered anew');
      this.#stream = newId();
      this.#facts = this.#facts.map((fact, index) => ({ ...fact, seq: index + 1 }));
      this.#nextSeq = this.#facts.length + 1;
      this.#sentUpTo = 0;
      this.#readUpTo = 0;
      this.#ackedUpTo = 0;
      this.#index();
      await this.#file.rewrite();
    });
  }

  async close(): Promise<void> {
    await this.#writes.run(async () => {
      if (this.#closed) return;
      this.#closed = true;
      if (this.#ackedUpTo > 0) await this.#file.append(ackedLine(this.#ackedUpTo)).catch(() => undefined);
      await this.#file.close();
    });
  }

  get #text(): string {
    return outboxText({ stream: this.#stream, nextSeq: this.#nextSeq, facts: this.#facts });
  }

  async #commit(bodies: readonly FactBody[]): Promise<void> {
    if (this.#closed) throw new AppError('SHUTTING_DOWN');
    const { facts, holes } = planFacts(bodies, {
      at: new Date(this.#options.clock.now()).toISOString(),
      nextSeq: this.#nextSeq,
      unsent: (source) => this.#unsentUsage(source),
      room: factsMax - this.#facts.length,
    });
    if (holes > 0)
      this.#options.logger.error({ holes }, 'the outbox is full: history gets holes, totals do not');
    await this.#write(facts);
    // Handed out while it was written: the hub gets the older ones, so these need a number of their own.
    const late = facts.filter(({ seq }) => seq < this.#nextSeq && seq <= this.#sentUpTo);
    this.#keep(facts.filter((fact) => !late.includes(fact)));
    const again = late.map((fact, index) => ({ ...fact, seq: this.#nextSeq + index }));
    if (again.length > 0) await this.#write(again);
    this.#keep(again);
    this.#onAdded();
  }

  #unsentUsage(source: string): Fact | undefined {
    const seq = this.#usage.get(source);
    const settled = Math.max(this.#sentUpTo, this.#readUpTo);
    return seq === undefined || seq <= settled ? undefined : this.#facts[this.#indexOf(seq)];
  }

  async #write(facts: readonly Fact[]): Promise<void> {
    const acked = this.#ackedUpTo > 0 ? ackedLine(this.#ackedUpTo) : '';
    await this.#file.append(acked + facts.map(factLine).join(''));
    this.#ackedUpTo = 0;
  }

  #keep(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.seq < this.#nextSeq) this.#facts[this.#indexOf(fact.seq)] = fact;
      else {
        this.#facts.push(fact);
        this.#nextSeq = fact.seq + 1;
      }
      const source = sourceOf(fact.body);
      if (source !== null) this.#usage.set(source, fact.seq);
    }
  }

  #indexOf(seq: number): number {
    return seq - (this.#facts[0]?.seq ?? this.#nextSeq);
  }

  #index(): void {
    this.#usage.clear();
    for (const { seq, body } of this.#facts) {
      const source = sourceOf(body);
      if (source !== null) this.#usage.set(source, seq);
    }
  }
}
