// What was told since the states were last stored, on disk: a batch is answered when it is in here. One file for all
// sessions, so that those that tell something in the same moment share one write.
import { close, constants, open, write } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Clock, Logger } from '@roundhouse/kit';
import { AppError, epochSchema, sessionIdSchema } from '@roundhouse/protocol';
import { z } from 'zod';
import { GroupCommit } from '../state/group-commit.js';
import { asNoSpace } from '../state/json-file.js';
import { observationSchema, type Observation } from './observation.js';
import { sourceKey, type Source } from './token-registry.js';

// Plain descriptors: this is written some dozen times a second, and the objects around them cost more than the write.
const file = {
  open: promisify(open),
  write: promisify(write) as (descriptor: number, bytes: Uint8Array) => Promise<{ bytesWritten: number }>,
  close: promisify(close),
} as const;

/** A write returns when it is on disk: one trip to another thread instead of two. */
const appendSynced = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_DSYNC;
/** How long the first of a group waits for others: an exporter does not notice it, and a flush of the disk is dear. */
const gatherMs = 200;
/** More than fifty busy agents tell in that time: these send as fast as they are answered, and go on at once. */
const gatherEnough = 8;
/** Entries of one file; a position is the number of the file and that of the entry in it. */
const entriesPerSegment = 1_000_000;

const lineSchema = z.object({
  s: sessionIdSchema,
  e: epochSchema,
  /** When it came, in milliseconds since 1970. */
  n: z.number(),
  o: z.array(observationSchema),
});

export interface JournalEntry {
  readonly source: Source;
  readonly now: number;
  readonly observations: readonly Observation[];
}

/** An entry, and where it stands: a state tells by this number which entries are in it. */
export interface Journaled extends JournalEntry {
  readonly position: number;
}

export interface UsageJournalOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Waiting {
  readonly line: string;
  position: number;
}

export class UsageJournal {
  readonly #options: UsageJournalOptions;
  readonly #writes: GroupCommit<Waiting>;
  readonly #recovered: Map<string, Journaled[]>;
  #segment: number;
  #entries = 0;
  #bytes = 0;
  #descriptor: number | null = null;

  private constructor(options: UsageJournalOptions, recovered: Map<string, Journaled[]>, segment: number) {
    this.#options = options;
    this.#recovered = recovered;
    this.#segment = segment;
    this.#writes = new GroupCommit({
      clock: options.clock,
      gatherMs,
      enough: gatherEnough,
      commit: (waiting) => this.#commit(waiting),
    });
  }

  /** Reads what an earlier life left; what was cut off in mid-write was not answered, and is sent again. */
  static async open(options: UsageJournalOptions): Promise<UsageJournal> {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    const recovered = new Map<string, Journaled[]>();
    const segments = await segmentsIn(options.directory);
    for (const segment of segments) {
      const text = await readFile(fileOf(options.directory, segment), 'utf8');
      for (const entry of entriesOf(text, segment)) {
        const key = sourceKey(entry.source);
        const known = recovered.get(key);
        if (known === undefined) recovered.set(key, [entry]);
        else known.push(entry);
      }
    }
    const journal = new UsageJournal(options, recovered, (segments.at(-1) ?? 0) + 1);
    // So that numbers go on where they were, whatever is removed.
    await journal.#open();
    return journal;
  }

  /** Bytes since the last cut. */
  get grown(): number {
    return this.#bytes;
  }

  hasRecovered(source: Source): boolean {
    return this.#recovered.has(sourceKey(source));
  }

  /** What an earlier life left of this source behind `position`; told once. */
  takeRecovered(source: Source, position: number): readonly Journaled[] {
    const entries = this.#recovered.get(sourceKey(source)) ?? [];
    this.#recovered.delete(sourceKey(source));
    return entries.filter((entry) => entry.position > position);
  }

  /** Nobody will ask for the rest any more. */
  dropRecovered(): void {
    if (this.#recovered.size === 0) return;
    this.#options.logger.warn(
      { sources: [...this.#recovered.keys()] },
      'telemetry of sessions that are gone',
    );
    this.#recovered.clear();
  }

  /**
   * Resolves when the entry is on disk.
   * @returns its position
   * @throws AppError NO_SPACE, or the error of the system; the entry is not kept then
   */
  async append({ source, now, observations }: JournalEntry): Promise<number> {
    const line = { s: source.sessionId, e: source.epoch, n: now, o: observations };
    const waiting = { line: `${JSON.stringify(line)}\n`, position: 0 };
    await this.#writes.add(waiting);
    return waiting.position;
  }

  /** Positions from now on are greater, also than those of a state that was stored by a journal that is gone. */
  async passOver(position: number): Promise<void> {
    const segment = Math.floor(position / entriesPerSegment);
    if (segment >= this.#segment) await this.#writes.run(() => this.#begin(segment + 1));
  }

  /**
   * Begins a new file.
   * @returns removes the older ones: to be called when all that is in them is in stored states
   */
  async rotate(): Promise<() => Promise<void>> {
    await this.#writes.run(() => this.#begin(this.#segment + 1));
    const { directory } = this.#options;
    const current = this.#segment;
    return async () => {
      if (this.#recovered.size > 0) return;
      const old = (await segmentsIn(directory)).filter((segment) => segment < current);
      for (const segment of old) await rm(fileOf(directory, segment), { force: true });
    };
  }

  async close(): Promise<void> {
    await this.#writes.run(async () => {
      const descriptor = this.#descriptor;
      this.#descriptor = null;
      if (descriptor !== null) await file.close(descriptor);
    });
  }

  async #commit(waiting: readonly Waiting[]): Promise<void> {
    if (this.#entries + waiting.length >= entriesPerSegment) await this.#begin(this.#segment + 1);
    const bytes = Buffer.from(waiting.map(({ line }) => line).join(''), 'utf8');
    try {
      const descriptor = this.#descriptor ?? (await this.#open());
      const { bytesWritten } = await file.write(descriptor, bytes);
      if (bytesWritten < bytes.length) throw new AppError('NO_SPACE');
    } catch (error) {
      // What follows half a line would not be readable. Whole lines of it may come back: they are known then.
      const torn = this.#segment;
      await this.#begin(torn + 1).catch(() => undefined);
      throw asNoSpace(fileOf(this.#options.directory, torn), error);
    }
    waiting.forEach((each, index) => {
      each.position = this.#segment * entriesPerSegment + this.#entries + index;
    });
    this.#entries += waiting.length;
    this.#bytes += bytes.length;
  }

  async #begin(segment: number): Promise<void> {
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    this.#segment = segment;
    this.#entries = 0;
    this.#bytes = 0;
    if (descriptor !== null) await file.close(descriptor);
    await this.#open();
  }

  async #open(): Promise<number> {
    this.#descriptor = await file.open(fileOf(this.#options.directory, this.#segment), appendSynced, 0o600);
    return this.#descriptor;
  }
}

const fileOf = (directory: string, segment: number): string =>
  path.join(directory, `${String(segment)}.jsonl`);

async function segmentsIn(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  const numbers = names.map((name) => Number(/^(\d{1,9})\.jsonl$/.exec(name)?.[1] ?? NaN));
  return numbers.filter((number) => Number.isSafeInteger(number)).sort((a, b) => a - b);
}

function* entriesOf(text: string, segment: number): Generator<Journaled> {
  for (const [index, line] of text.split('\n').entries()) {
    const parsed = lineSchema.safeParse(parseJson(line));
    if (!parsed.success) continue;
    const { s: sessionId, e: epoch, n: now, o: observations } = parsed.data;
    yield { source: { sessionId, epoch }, now, observations, position: segment * entriesPerSegment + index };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
