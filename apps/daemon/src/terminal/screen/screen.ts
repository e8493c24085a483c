// One session's screen in its thread: draws the bytes in order at the size in force there, answers what may be answered,
// keeps itself on disk, and tells what it shows.
import type { Clock } from '@roundhouse/kit';
import {
  digestRow,
  type TerminalGrid,
  type TerminalPreview,
  type TerminalSnapshot,
} from '@roundhouse/protocol';
import { AnswerBudget } from './answer-budget.js';
import { ByteFeed } from './byte-feed.js';
import type { DrawPace } from './draw-pace.js';
import { readCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoint.js';
import { Emulator, type Size } from './emulator.js';
import type { ScreenSpec } from './messages.js';
import { plainFlood } from './plain-flood.js';
import { previewOf, screenText } from './preview.js';
import type { Turns } from './turns.js';

/** A checkpoint may hold all lines that are kept, in their worst colours. */
const checkpointMaxBytes = 64 * 1024 * 1024;

/** Bytes waiting above which it is looked whether they must all be drawn. */
const floodBytes = 96 * 1024;
/** Plain lines have no ESC so early. */
const glanceBytes = 4 * 1024;
const escape = 0x1b;

export interface ScreenOptions {
  readonly spec: ScreenSpec;
  readonly clock: Clock;
  readonly turns: Turns;
  readonly pace: DrawPace;
  /** Lines kept above the screen. */
  readonly scrollback: number;
  readonly onAnswer: (text: string) => void;
  /** Printed now, in this order; nothing of what is drawn again after a restart. */
  readonly onTitle: (title: string) => void;
  readonly onOsc: (code: number, payload: string) => void;
  /** Something was drawn. */
  readonly onDrawn: (screen: Screen, bytes: number) => void;
  /** The output is over, and all of it is drawn. */
  readonly onEnd: (screen: Screen) => void;
  readonly onFault: (message: string) => void;
}

interface DataItem {
  readonly kind: 'data';
  readonly offset: number;
  readonly bytes: Buffer;
  readonly drawn: () => void;
}
type Item =
  | DataItem
  | { readonly kind: 'size'; readonly size: Size }
  | { readonly kind: 'gap'; readonly to: number }
  | { readonly kind: 'end' };

export class Screen {
  readonly spec: ScreenSpec;
  readonly #options: ScreenOptions;
  readonly #budget: AnswerBudget;
  #emulator: Emulator;
  #feed: ByteFeed | null = null;
  #queue: Item[] = [];
  /** Offset after the last byte given to the emulator. */
  #offset = 0;
  #exact = true;
  #answersFrom: number;
  #answering = false;
  #ended = false;
  #disposed = false;
  /** Bytes before this were looked at, whether they may be left out. */
  #judgedTo = 0;
  /** Writes of checkpoints, one after the other. */
  #saving: Promise<void> = Promise.resolve();
  #savedAt: number | null = null;

  private constructor(options: ScreenOptions) {
    this.#options = options;
    this.spec = options.spec;
    this.#budget = new AnswerBudget(options.clock);
    const { answersFrom } = options.spec;
    this.#answersFrom = answersFrom === 'head' ? Number.MAX_SAFE_INTEGER : answersFrom;
    this.#emulator = this.#newEmulator(options.spec);
  }

  /** From its checkpoint where that can be used; else from the oldest byte that is kept. */
  static async open(options: ScreenOptions): Promise<Screen> {
    const screen = new Screen(options);
    const checkpoint = await readCheckpoint(options.spec.dir);
    if (checkpoint?.head.final === true) screen.#restore(checkpoint);
    if (checkpoint?.head.final === true) screen.#ended = true;
    else screen.#begin(checkpoint);
    return screen;
  }

  get emulator(): Emulator {
    return this.#emulator;
  }

  /** Everything before it is on the screen, but for a character that has only begun. */
  get offset(): number {
    return this.#offset;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** False once bytes were missing, until the agent resets its terminal. */
  get exact(): boolean {
    return this.#exact;
  }

  snapshot(scrollback: number): TerminalSnapshot {
    const { cols, rows } = this.#emulator;
    const { epoch } = this.spec;
    return { epoch, offset: this.#drawnTo(), cols, rows, ...this.#emulator.snapshot(scrollback) };
  }

  grid(): TerminalGrid {
    const { cols, rows, term, core } = this.#emulator;
    const buffer = term.buffer.active;
    const digests = Array.from({ length: rows }, (_, row) =>
      digestRow(buffer.getLine(buffer.baseY + row), cols),
    );
    const { x: cursorX, y: cursorY } = core.buffers.active;
    const alternate = buffer.type === 'alternate';
    return { epoch: this.spec.epoch, offset: this.#offset, cols, rows, cursorX, cursorY, alternate, digests };
  }

  preview(): TerminalPreview {
    return previewOf(this.#emulator, this.spec.epoch);
  }

  /** What is visible, as text. */
  text(): string[] {
    return screenText(this.#emulator);
  }

  /** One turn of drawing. @returns whether there is more */
  step(maxBytes: number): boolean {
    if (this.#disposed) return false;
    this.#leaveOut();
    const item = this.#queue[0];
    if (!item) return false;
    if (item.kind === 'data') {
      const part = item.bytes.subarray(0, maxBytes);
      this.#draw(item.offset, part);
      if (part.length < item.bytes.length) {
        const rest = item.bytes.subarray(part.length);
        this.#queue[0] = { ...item, offset: item.offset + part.length, bytes: rest };
        return true;
      }
      item.drawn();
    } else if (item.kind === 'size') this.#emulator.resize(item.size);
    else if (item.kind === 'gap') this.#skip(item.to);
    else this.#end();
    this.#queue.shift();
    return this.#queue.length > 0;
  }

  /** Stores what the screen is now, unless that is on disk already. @throws the error of the system */
  save(): Promise<void> {
    const run = this.#saving.then(async () => {
      const at = this.#drawnTo();
      if (this.#disposed || at === this.#savedAt) return;
      await writeCheckpoint(this.spec.dir, this.#checkpoint(at));
      this.#savedAt = at;
    });
    this.#saving = run.catch(() => undefined);
    return run;
  }

  /** Nothing is written any more once this has resolved. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#queue = [];
    this.#feed?.dispose();
    await this.#saving;
    this.#emulator.dispose();
  }

  #newEmulator(size: Size): Emulator {
    const { scrollback, onAnswer, onTitle, onOsc } = this.#options;
    return new Emulator({
      ...{ cols: size.cols, rows: size.rows, scrollback },
      onAnswer: (text) => {
        if (this.#answering && this.#budget.take()) onAnswer(text);
      },
      onTitle: (title) => {
        if (this.#answering) onTitle(title);
      },
      onOsc: (code, payload) => {
        if (this.#answering) onOsc(code, payload);
      },
    });
  }

  #begin(checkpoint: Checkpoint | null): void {
    const { spec, clock, turns, pace, onFault } = this.#options;
    const push = (item: Item): void => {
      if (this.#disposed) return;
      this.#queue.push(item);
      turns.add(this);
    };
    this.#feed = new ByteFeed({
      ...{ dir: spec.dir, live: spec.live, clock, pace },
      start: (oldest, head) => this.#startAt(checkpoint, oldest, head),
      sink: {
        data: (offset, bytes, drawn) => {
          push({ kind: 'data', offset, bytes, drawn });
        },
        resized: ({ cols, rows }) => {
          push({ kind: 'size', size: { cols, rows } });
        },
        gap: (to) => {
          push({ kind: 'gap', to });
        },
        end: () => {
          push({ kind: 'end' });
        },
        joined: (head) => {
          this.#answersFrom = Math.min(this.#answersFrom, head);
        },
      },
    });
    this.#feed.run().catch((error: unknown) => {
      if (!this.#disposed) onFault(`the screen has no bytes: ${String(error)}`);
    });
  }

  #startAt(checkpoint: Checkpoint | null, oldest: number, head: number): number {
    if (checkpoint && checkpoint.head.offset >= oldest && checkpoint.head.offset <= head) {
      this.#restore(checkpoint);
      return this.#offset;
    }
    this.#offset = oldest;
    this.#exact = oldest === 0;
    return oldest;
  }

  #restore({ head, data }: Checkpoint): void {
    this.#emulator.resize(head);
    this.#emulator.write(data);
    this.#emulator.takeReset();
    this.#offset = head.offset;
    this.#exact = head.exact;
    this.#savedAt = head.offset;
  }

  #draw(offset: number, bytes: Buffer): void {
    const muted = Math.min(bytes.length, Math.max(0, this.#answersFrom - offset));
    for (const [part, answering] of [
      [bytes.subarray(0, muted), false],
      [bytes.subarray(muted), this.spec.live],
    ] as const) {
      if (part.length === 0) continue;
      this.#answering = answering;
      this.#emulator.write(part);
      this.#answering = false;
    }
    this.#offset = offset + bytes.length;
    if (!this.#exact && this.#emulator.takeReset()) this.#exact = true;
    this.#options.onDrawn(this, bytes.length);
  }

  /** A flood of plain lines is faster than any emulator; what it scrolls out again need not be drawn. */
  #leaveOut(): void {
    const waiting = this.#waitingData();
    const [first] = waiting;
    const bytes = waiting.reduce((sum, item) => sum + item.bytes.length, 0);
    if (!first || bytes < floodBytes || first.offset + bytes < this.#judgedTo + floodBytes) return;
    if (first.bytes.subarray(0, glanceBytes).includes(escape) || !this.#emulator.onlyScrolls) return;
    this.#judgedTo = first.offset + bytes;
    const all = Buffer.concat(waiting.map((item) => item.bytes));
    const { rows } = this.#emulator;
    // Twice what is kept: first it fills, then all of it is new.
    const after = 2 * (this.#options.scrollback + rows);
    const leftout = plainFlood(all, { before: rows, after });
    if (!leftout) return;
    this.#draw(first.offset, all.subarray(0, leftout.from));
    const rest: DataItem = {
      kind: 'data',
      offset: first.offset + leftout.to,
      bytes: all.subarray(leftout.to),
      drawn: () => {
        for (const item of waiting) item.drawn();
      },
    };
    this.#queue.splice(0, waiting.length, rest);
  }

  /** Bytes at the front of the queue, up to the next size, gap or end. */
  #waitingData(): DataItem[] {
    const other = this.#queue.findIndex(({ kind }) => kind !== 'data');
    return this.#queue.slice(0, other === -1 ? undefined : other).filter((item) => item.kind === 'data');
  }

  #skip(to: number): void {
    this.#emulator.restart();
    this.#offset = to;
    this.#exact = false;
    this.#options.onDrawn(this, 0);
  }

  #end(): void {
    this.#ended = true;
    this.#savedAt = null;
    this.#options.onEnd(this);
  }

  /** Where a viewer of the snapshot goes on: a character that has only begun comes again. */
  #drawnTo(): number {
    return this.#offset - this.#emulator.heldBytes;
  }

  #checkpoint(offset: number): Checkpoint {
    const { cols, rows } = this.#emulator;
    const { data, scrollback } = this.#emulator.snapshot(this.#options.scrollback, checkpointMaxBytes);
    const final = this.#ended;
    return {
      head: { offset: final ? this.#offset : offset, cols, rows, scrollback, exact: this.#exact, final },
      data,
    };
  }
}
