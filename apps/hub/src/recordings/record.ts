// One epoch of a session as an asciicast: bytes, sizes, gaps and the exit in their places and at their times.
import { constants } from 'node:os';
import {
  outputChunkBytes,
  type Exit,
  type RecordingFormat,
  type StreamInfo,
  type TimeMark,
} from '@roundhouse/protocol';
import { CastWriter, type CastHeader } from './asciicast.js';
import { PrintTimes } from './print-times.js';

/** Bytes in one event at most: smooth to watch where output was dense. */
const eventBytes = 4 * 1024;

export interface RecordingSource {
  /** Kept bytes from `from` on; a later offset when older bytes are gone. */
  read(from: number): Promise<{ readonly offset: number; readonly data: Uint8Array }>;
  /** Marks from the last one at or before `from` on. */
  times(from: number): Promise<readonly TimeMark[]>;
}

export interface RecordingPlan {
  readonly format: RecordingFormat;
  readonly info: StreamInfo;
  readonly title: string;
  readonly timestamp: number | null;
}

/** Text in pieces as they are read; no more is read than is taken. */
export async function* record(source: RecordingSource, plan: RecordingPlan): AsyncGenerator<string> {
  const recorder = new Recorder(plan);
  const { oldest, head } = plan.info;
  yield recorder.begin();
  if (oldest > 0) yield recorder.gap(0, oldest);
  for (let at = oldest; at < head;) {
    await recorder.learnTimes(source, at);
    const { offset, data } = await source.read(at);
    const present = offset === at ? data.subarray(0, head - at) : new Uint8Array();
    const next = at + present.byteLength;
    // What a host cannot give any more is as gone as what it says is gone.
    const to = next > at ? next : Math.min(offset > at ? offset : head, head);
    yield next > at ? recorder.output(at, present) : recorder.gap(at, to);
    at = to;
  }
  yield recorder.end();
}

class Recorder {
  readonly #writer: CastWriter;
  readonly #times = new PrintTimes();
  #knowsAllTimes = false;
  /** Keeps a sequence that is cut between two pieces; a byte order mark is output like any other. */
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #nextResize = 1;

  constructor(private readonly plan: RecordingPlan) {
    this.#writer = new CastWriter(plan.format);
  }

  begin(): string {
    const { info, title, timestamp } = this.plan;
    const resizes = info.resizes;
    const first = Math.max(
      0,
      resizes.findLastIndex(({ offset }) => offset <= info.oldest),
    );
    this.#nextResize = first + 1;
    const { cols, rows } = resizes[first] ?? { cols: 80, rows: 24 };
    const header: CastHeader = { cols, rows, title, timestamp };
    return this.#writer.header(header);
  }

  /** Marks for what is printed from `from` on. */
  async learnTimes(source: RecordingSource, from: number): Promise<void> {
    while (!this.#knowsAllTimes && this.#times.end < from + outputChunkBytes) {
      const before = this.#times.end;
      this.#times.add(await source.times(Math.max(from, before)));
      this.#knowsAllTimes = this.#times.end === before;
    }
  }

  output(from: number, data: Uint8Array): string {
    const end = from + data.byteLength;
    let text = '';
    for (let at = from; at < end;) {
      text += this.#resizesUpTo(at);
      const to = Math.min(end, at + eventBytes, this.#times.nextAfter(at), this.#resizeAfter(at));
      const printed = this.#decoder.decode(data.subarray(at - from, to - from), { stream: true });
      if (printed !== '') text += this.#writer.event(this.#times.at(at), 'o', printed);
      at = to;
    }
    return text;
  }

  gap(from: number, to: number): string {
    const lost = `${String(to - from)} bytes of output are not kept any more`;
    return this.#rest(from) + this.#writer.event(this.#times.at(to), 'm', lost);
  }

  end(): string {
    const { info, format } = this.plan;
    const text = this.#rest(info.head) + this.#resizesUpTo(info.head);
    const status = format === 'v3' && info.exit ? statusOf(info.exit) : null;
    const ended = status === null ? '' : this.#writer.event(this.#times.at(info.head), 'x', String(status));
    return text + ended;
  }

  /** What was left of a sequence that never came to its end. */
  #rest(at: number): string {
    const rest = this.#decoder.decode();
    return rest === '' ? '' : this.#writer.event(this.#times.at(at), 'o', rest);
  }

  #resizesUpTo(offset: number): string {
    let text = '';
    const { resizes } = this.plan.info;
    for (let size = resizes[this.#nextResize]; size && size.offset <= offset;) {
      text += this.#writer.event(this.#times.at(offset), 'r', `${String(size.cols)}x${String(size.rows)}`);
      this.#nextResize += 1;
      size = resizes[this.#nextResize];
    }
    return text;
  }

  #resizeAfter(offset: number): number {
    const next = this.plan.info.resizes[this.#nextResize]?.offset ?? Infinity;
    return next > offset ? next : Infinity;
  }
}

/** As a shell says it; null when nobody knows. */
function statusOf({ exitCode, signal }: Exit): number | null {
  if (exitCode !== null) return exitCode;
  const number = signal === null ? undefined : (constants.signals as Record<string, number>)[signal];
  return number === undefined ? null : 128 + number;
}
