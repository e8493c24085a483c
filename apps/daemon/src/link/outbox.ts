// Facts for the hub, on disk until it has applied them: numbered without gaps, in order.
import { mkdir, open, readFile, rename, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { newId, type Clock, type Logger } from '@roundhouse/kit';
import { factSchema, type Fact, type FactBody } from '@roundhouse/protocol';
import { z } from 'zod';

/** Facts of sessions are few, and totals replace each other: more than this means a hub that was away for weeks. */
const factsMax = 20_000;
/** The file is rewritten when it has grown by this since it was last written whole. */
const rewriteAfterBytes = 4 * 1024 * 1024;

const headerSchema = z.object({ stream: z.uuid(), nextSeq: z.int().positive() });

export interface OutboxOptions {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Outbox {
  readonly #file: string;
  readonly #options: OutboxOptions;
  readonly stream: string;
  #nextSeq: number;
  #facts: Fact[];
  /** Facts up to here may be on their way: they are not replaced any more. */
  #sentUpTo = 0;
  #handle: FileHandle | null = null;
  #appended = 0;
  #writing: Promise<void> = Promise.resolve();
  #onAdded: () => void = () => undefined;

  private constructor(options: OutboxOptions, state: { stream: string; nextSeq: number; facts: Fact[] }) {
    this.#options = options;
    this.#file = path.join(options.stateDir, 'outbox.jsonl');
    this.stream = state.stream;
    this.#nextSeq = state.nextSeq;
    this.#facts = state.facts;
  }

  /** A damaged tail (a crash in mid-write) is dropped: what was not written whole was not promised. */
  static async open(options: OutboxOptions): Promise<Outbox> {
    await mkdir(options.stateDir, { recursive: true, mode: 0o700 });
    const text = await readFile(path.join(options.stateDir, 'outbox.jsonl'), 'utf8').catch(() => '');
    const outbox = new Outbox(options, readState(text));
    await outbox.#rewrite();
    return outbox;
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

  /** Keeps a fact; resolves when it is on disk. Newer totals replace older ones that were not sent yet. */
  add(body: FactBody): Promise<void> {
    return this.#serial(async () => {
      const at = new Date(this.#options.clock.now()).toISOString();
      const older = this.#replaceable(body);
      if (!older && body.kind === 'session.usage' && this.#facts.length >= factsMax) {
        this.#options.logger.error('the outbox is full: totals wait for the hub');
        return;
      }
      const fact: Fact = { seq: older?.seq ?? this.#nextSeq, at, body };
      await this.#append(fact);
      if (older) this.#facts[this.#facts.indexOf(older)] = fact;
      else {
        this.#facts.push(fact);
        this.#nextSeq += 1;
      }
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
      this.#facts = this.#facts.filter((fact) => fact.seq > seq);
      this.#sentUpTo = Math.max(this.#sentUpTo, seq);
      // A hub that lost its database asks for what is gone here; numbers must not run behind its own.
      if (seq >= this.#nextSeq) this.#nextSeq = seq + 1;
      const grown = this.#appended > rewriteAfterBytes;
      if (before > 0 && (this.#facts.length === 0 || grown)) await this.#rewrite();
    });
  }

  async close(): Promise<void> {
    await this.#serial(async () => {
      await this.#handle?.close();
      this.#handle = null;
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

  async #append(fact: Fact): Promise<void> {
    const line = `${JSON.stringify(fact)}\n`;
    this.#handle ??= await open(this.#file, 'a', 0o600);
    await this.#handle.appendFile(line);
    await this.#handle.datasync();
    this.#appended += line.length;
  }

  async #rewrite(): Promise<void> {
    const temporary = `${this.#file}.tmp`;
    const header = JSON.stringify({ stream: this.stream, nextSeq: this.#nextSeq });
    const lines = [header, ...this.#facts.map((fact) => JSON.stringify(fact))];
    const fresh = await open(temporary, 'w', 0o600);
    await fresh.writeFile(`${lines.join('\n')}\n`);
    await fresh.datasync();
    await fresh.close();
    await this.#handle?.close();
    this.#handle = null;
    await rename(temporary, this.#file);
    this.#appended = 0;
  }

  #serial(work: () => Promise<void>): Promise<void> {
    const run = this.#writing.then(work);
    this.#writing = run.catch((error: unknown) => {
      this.#options.logger.error({ err: error }, 'the outbox cannot be written');
    });
    return run;
  }
}

function readState(text: string): { stream: string; nextSeq: number; facts: Fact[] } {
  const [first = '', ...rest] = text.split('\n').filter((line) => line !== '');
  const header = headerSchema.safeParse(parse(first));
  if (!header.success) return { stream: newId(), nextSeq: 1, facts: [] };
  const facts = new Map<number, Fact>();
  for (const line of rest) {
    const fact = factSchema.safeParse(parse(line));
    if (fact.success) facts.set(fact.data.seq, fact.data);
  }
  const ordered = [...facts.values()].sort((a, b) => a.seq - b.seq);
  const nextSeq = Math.max(header.data.nextSeq, (ordered.at(-1)?.seq ?? 0) + 1);
  return { stream: header.data.stream, nextSeq, facts: ordered };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
