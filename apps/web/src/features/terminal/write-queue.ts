// Hands steps to the emulator in order, never more at once than it reads without holding up the page; a new size or a
// reset waits until all that came before it is parsed. Tells what was parsed, for acknowledgements.
import { concatBytes } from './bytes.js';
import { CharacterHold } from './character-hold.js';
import type { Step } from './stream.js';

/** The emulator, as far as the stream needs it. */
export interface Sink {
  /** `parsed` is called once the emulator has read all of it; calls come in order. */
  write(data: Uint8Array, parsed: () => void): void;
  resize(cols: number, rows: number): void;
  reset(): void;
  /** Shows the screen that `data` draws in place of what is there, at once. */
  redraw(screen: { cols: number; rows: number; data: Uint8Array }, parsed: () => void): void;
  /** Ends a half-read sequence and forgets colours and modes. */
  breakOff(): void;
}

export interface Parsed {
  readonly epoch: number;
  readonly offset: number;
  /** It was a screen, not a piece of the stream. */
  readonly redrawn: boolean;
}

/** The emulator reads one piece without a pause; after 12 ms of pieces it lets the page go on. Two milliseconds each. */
const PIECE_BYTES = 32 * 1024;
/** Pieces that the emulator has before it has read the first: enough that it never waits for the next. Bytes. */
const HANDED_MAX_BYTES = 128 * 1024;

type WriteStep = Extract<Step, { do: 'write' }>;
type RedrawStep = Extract<Step, { do: 'redraw' }>;

export class WriteQueue {
  readonly #steps: Step[] = [];
  readonly #hold = new CharacterHold();
  #unparsed = 0;
  #unparsedBytes = 0;
  #closed = false;
  /** Bytes from here on wait; null while nothing is held up. */
  #limit: number | null = null;
  #writingFrom = 0;
  #writtenTo = 0;

  constructor(
    private readonly sink: Sink,
    private readonly onParsed: (parsed: Parsed) => void,
    private readonly most = HANDED_MAX_BYTES,
  ) {}

  /** No byte waits, neither here nor in the emulator. */
  get idle(): boolean {
    return this.#unparsed === 0 && !this.#steps.some((step) => step.do === 'write');
  }

  /** Offset of the first byte of what the emulator reads now. */
  get writingFrom(): number {
    return this.#writingFrom;
  }

  /** Offset up to which bytes were handed over. */
  get writtenTo(): number {
    return this.#writtenTo;
  }

  /** Bytes that wait here. */
  get waiting(): number {
    return this.#steps.reduce((sum, step) => sum + (step.do === 'write' ? step.data.byteLength : 0), 0);
  }

  /** Writes up to this offset and holds what follows; null lets everything go on. */
  limit(offset: number | null): void {
    this.#limit = offset;
    this.#flush();
  }

  push(steps: readonly Step[]): void {
    for (const step of steps) {
      // What would be wiped at once need not be drawn before.
      if (step.do === 'redraw' || step.do === 'reset') this.#steps.length = 0;
      this.#steps.push(step);
    }
    this.#flush();
  }

  close(): void {
    this.#closed = true;
    this.#steps.length = 0;
  }

  #flush(): void {
    while (!this.#closed) {
      const step = this.#steps[0];
      if (!step) return;
      if (step.do === 'write') {
        if (this.#unparsedBytes >= this.most || !this.#write()) return;
      } else {
        // Goes on from the callback of the last write.
        if (this.#unparsed > 0) return;
        this.#steps.shift();
        if (step.do !== 'resize') this.#hold.drop();
        this.#turn(step);
      }
    }
  }

  #turn(step: Exclude<Step, WriteStep>): void {
    switch (step.do) {
      case 'resize':
        return this.sink.resize(step.cols, step.rows);
      case 'break':
        return this.sink.breakOff();
      case 'reset':
        this.#writtenTo = step.upTo;
        this.sink.reset();
        return this.sink.resize(step.cols, step.rows);
      case 'redraw':
        return this.#redraw(step);
    }
  }

  #redraw(step: RedrawStep): void {
    this.#unparsed += 1;
    // A screen is history: nothing in it happens now.
    this.#writingFrom = -1;
    this.#writtenTo = step.upTo;
    const data = this.#hold.take(step.data);
    this.sink.redraw({ ...step, data }, () =>
      this.#parsed({ epoch: step.epoch, offset: step.upTo, redrawn: true }),
    );
  }

  /** False when nothing may be written now. */
  #write(): boolean {
    const batch = this.#takeBatch();
    const [first] = batch;
    const last = batch.at(-1);
    if (!first || !last) return false;
    this.#unparsed += 1;
    this.#writingFrom = first.upTo - first.data.byteLength;
    this.#writtenTo = last.upTo;
    const whole = this.#hold.take(concatBytes(batch.map(({ data }) => data)));
    const bytes = whole.byteLength;
    this.#unparsedBytes += bytes;
    this.sink.write(whole, () => {
      this.#unparsedBytes -= bytes;
      this.#parsed({ epoch: last.epoch, offset: last.upTo, redrawn: false });
    });
    return true;
  }

  #parsed(parsed: Parsed): void {
    this.#unparsed -= 1;
    if (this.#closed) return;
    this.onParsed(parsed);
    this.#flush();
  }

  #takeBatch(): WriteStep[] {
    const batch: WriteStep[] = [];
    let bytes = 0;
    for (let step = this.#steps[0]; step?.do === 'write'; step = this.#steps[0]) {
      const room = PIECE_BYTES - bytes;
      if (room <= 0) break;
      const begin = step.upTo - step.data.byteLength;
      const [now, later] = cut(step, Math.min(begin + room, this.#limit ?? Infinity));
      if (!now) break;
      bytes += now.data.byteLength;
      batch.push(now);
      if (later) this.#steps[0] = later;
      else this.#steps.shift();
    }
    return batch;
  }
}

/** What lies before the limit, and what does not. */
function cut(step: WriteStep, limit: number): [WriteStep | null, WriteStep | null] {
  if (step.upTo <= limit) return [step, null];
  const length = limit - (step.upTo - step.data.byteLength);
  if (length <= 0) return [null, step];
  return [
    { ...step, data: step.data.subarray(0, length), upTo: limit },
    { ...step, data: step.data.subarray(length) },
  ];
}
