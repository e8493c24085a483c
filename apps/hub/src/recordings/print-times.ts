// When each byte was printed, from sparse marks. Pure.
import type { TimeMark } from '@roundhouse/protocol';

/** Bytes between two marks are spread over this long at most: a longer pause came after them. */
const spreadMs = 1_000;

export class PrintTimes {
  #marks: TimeMark[] = [];
  #at = 0;

  /** Offset of the last mark. */
  get end(): number {
    return this.#marks.at(-1)?.offset ?? -1;
  }

  /** Adds marks that follow; those that are known change nothing. */
  add(marks: readonly TimeMark[]): void {
    const { end } = this;
    // What lies behind is not asked for again: a long recording has a million marks.
    this.#marks = [...this.#marks.slice(this.#at), ...marks.filter(({ offset }) => offset > end)];
    this.#at = 0;
  }

  /** Milliseconds since the beginning; 0 when nothing is known. Offsets are asked for in order. */
  at(offset: number): number {
    this.#moveTo(offset);
    const [mark, next] = [this.#marks[this.#at], this.#marks[this.#at + 1]];
    if (!mark || offset <= mark.offset || !next) return mark?.ms ?? 0;
    const share = (offset - mark.offset) / (next.offset - mark.offset);
    return Math.round(mark.ms + share * Math.min(next.ms - mark.ms, spreadMs));
  }

  /** First mark after `offset`, if there is one. */
  nextAfter(offset: number): number {
    this.#moveTo(offset);
    const mark = this.#marks[this.#at];
    if (mark && mark.offset > offset) return mark.offset;
    return this.#marks[this.#at + 1]?.offset ?? Infinity;
  }

  #moveTo(offset: number): void {
    for (let next = this.#marks[this.#at + 1]; next && next.offset <= offset;) {
      this.#at += 1;
      next = this.#marks[this.#at + 1];
    }
  }
}
