// When bytes were printed: sparse marks in `times.log` of the session directory, bounded by making older ones sparser.
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes from `off` on were printed at `ms` or after, in milliseconds since the epoch began. */
export interface TimeMark {
  readonly off: number;
  readonly ms: number;
}

/** Least time between two marks: closer than a replay shows, and a write that no disk notices. */
const MARK_EVERY_MS = 100;
/** Marks in the file, at most; half an hour of ceaseless output, about 250 KiB. */
const MAX_MARKS = 16_384;
/** Marks that wait for a slow disk: beyond a minute of it older ones are made sparser in memory, too. */
const MAX_WAITING = 512;
/** A mark is written after what it marks was sent to whoever waits for it. */
const WRITE_WAIT_MS = 10;
const FILE = 'times.log';

export interface TimeLogOptions {
  readonly sessionDir: string;
  /** Monotonic milliseconds; the first call is the beginning of the epoch. */
  readonly monotonic: () => number;
  readonly maxMarks?: number;
}

export class TimeLog {
  readonly #path: string;
  readonly #monotonic: () => number;
  readonly #began: number;
  readonly #maxMarks: number;
  /** The file alone holds what was written: a keeper is to stay small. */
  #written = 0;
  #waiting: TimeMark[] = [];
  #lastMs = -Infinity;
  #writing: Promise<void> | null = null;

  constructor(options: TimeLogOptions) {
    this.#path = join(options.sessionDir, FILE);
    this.#monotonic = options.monotonic;
    this.#began = options.monotonic();
    this.#maxMarks = options.maxMarks ?? MAX_MARKS;
  }

  /** Bytes from `off` on are printed now. */
  mark(off: number): void {
    const ms = Math.round(this.#monotonic() - this.#began);
    if (ms - this.#lastMs >= MARK_EVERY_MS) this.#add({ off, ms });
  }

  /** The output ends at `off`, now. Resolves when everything is on disk, as far as the disk takes it. */
  async close(off: number): Promise<void> {
    this.#add({ off, ms: Math.round(this.#monotonic() - this.#began) });
    while (this.#writing) await this.#writing;
  }

  #add(mark: TimeMark): void {
    this.#lastMs = mark.ms;
    this.#waiting.push(mark);
    if (this.#waiting.length > MAX_WAITING) this.#waiting = everySecond(this.#waiting);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
  }

  async #write(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, WRITE_WAIT_MS));
    while (this.#waiting.length > 0) {
      const marks = this.#waiting;
      this.#waiting = [];
      try {
        if (this.#written + marks.length > this.#maxMarks) await this.#thinOut(marks);
        else {
          await appendFile(this.#path, marks.map(line).join(''), { mode: 0o600 });
          this.#written += marks.length;
        }
      } catch {
        // A full disk, which the spool tells of: these marks are gone, the ones before them stand for their bytes.
      }
    }
  }

  async #thinOut(marks: readonly TimeMark[]): Promise<void> {
    const before = this.#written > 0 ? await readFile(this.#path, 'utf8') : '';
    let kept = [...everySecond(parse(before)), ...marks];
    while (kept.length > this.#maxMarks) kept = everySecond(kept);
    await writeFile(`${this.#path}.tmp`, kept.map(line).join(''), { mode: 0o600 });
    await rename(`${this.#path}.tmp`, this.#path);
    this.#written = kept.length;
  }
}

/** The marks of an epoch, running or ended, in order. Empty when it has none, as before keepers wrote them. */
export async function readTimes(sessionDir: string): Promise<TimeMark[]> {
  return parse(await readFile(join(sessionDir, FILE), 'utf8').catch(() => ''));
}

/** Marks from the last one at or before `from` on, at most `max`; none when `from` is beyond the last. */
export function marksFrom(marks: readonly TimeMark[], from: number, max: number): TimeMark[] {
  const next = marks.findIndex(({ off }) => off > from);
  const last = marks.at(-1);
  if (next < 0) return last?.off === from ? [last] : [];
  const first = Math.max(0, next - 1);
  return marks.slice(first, first + max);
}

/** The first and the last stay. */
const everySecond = (marks: readonly TimeMark[]): TimeMark[] =>
  marks.filter((_, index) => index % 2 === 0 || index === marks.length - 1);

const line = ({ off, ms }: TimeMark): string => `${String(off)} ${String(ms)}\n`;

/** A torn line is skipped. */
function parse(text: string): TimeMark[] {
  return [...text.matchAll(/^(\d+) (\d+)\n/gm)].map(([, off, ms]) => ({ off: Number(off), ms: Number(ms) }));
}
