// Hands steps to the emulator in order: writes are batched per frame; a new size or a reset waits until all that came
// before it is parsed. Tells what was parsed, for acknowledgements.
import type { Step } from './stream.js';

/** The emulator, as far as the stream needs it. */
export interface Sink {
  /** `parsed` is called once the emulator has read all of it; calls come in order. */
  write(data: Uint8Array, parsed: () => void): void;
  resize(cols: number, rows: number): void;
  reset(): void;
  /** Ends a half-read sequence and forgets colours and modes. */
  breakOff(): void;
}

export interface Parsed {
  readonly epoch: number;
  readonly offset: number;
}

/** Most bytes handed over at once: some milliseconds of parsing, so that typing is never held up for long. */
const BATCH_BYTES = 128 * 1024;

type WriteStep = Extract<Step, { do: 'write' }>;

export class WriteQueue {
  readonly #steps: Step[] = [];
  #unparsed = 0;
  /** Within a frame in which something was written; the rest waits for the next one. */
  #framed = false;
  #closed = false;

  constructor(
    private readonly sink: Sink,
    private readonly nextFrame: (run: () => void) => void,
    private readonly onParsed: (parsed: Parsed) => void,
  ) {}

  /** No byte waits, neither here nor in the emulator. */
  get idle(): boolean {
    return this.#unparsed === 0 && !this.#steps.some((step) => step.do === 'write');
  }

  push(steps: readonly Step[]): void {
    this.#steps.push(...steps);
    if (!this.#framed) this.#flush();
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
        if (this.#framed) return;
        this.#write();
      } else {
        // Goes on from the callback of the last write.
        if (this.#unparsed > 0) return;
        this.#steps.shift();
        if (step.do === 'resize') this.sink.resize(step.cols, step.rows);
        else if (step.do === 'break') this.sink.breakOff();
        else {
          this.sink.reset();
          this.sink.resize(step.cols, step.rows);
        }
      }
    }
  }

  #write(): void {
    const batch = this.#takeBatch();
    const last = batch.at(-1);
    if (!last) return;
    this.#unparsed += 1;
    this.#framed = true;
    this.nextFrame(() => {
      this.#framed = false;
      this.#flush();
    });
    this.sink.write(concat(batch), () => {
      this.#unparsed -= 1;
      if (this.#closed) return;
      this.onParsed({ epoch: last.epoch, offset: last.upTo });
      this.#flush();
    });
  }

  #takeBatch(): WriteStep[] {
    const batch: WriteStep[] = [];
    let bytes = 0;
    for (let step = this.#steps[0]; step?.do === 'write'; step = this.#steps[0]) {
      if (bytes > 0 && bytes + step.data.byteLength > BATCH_BYTES) break;
      bytes += step.data.byteLength;
      batch.push(step);
      this.#steps.shift();
    }
    return batch;
  }
}

function concat(batch: readonly WriteStep[]): Uint8Array {
  const [first] = batch;
  if (first && batch.length === 1) return first.data;
  const all = new Uint8Array(batch.reduce((sum, { data }) => sum + data.byteLength, 0));
  let at = 0;
  for (const { data } of batch) {
    all.set(data, at);
    at += data.byteLength;
  }
  return all;
}
