// Writes lines of cells as the sequences that draw them on an emulator that was just reset: what is in each cell, how it
// looks, and which line goes on in the next.
import { isLinkTooLong } from '@roundhouse/protocol';
import { ByteWriter } from './byte-writer.js';
import { cellLook, changeLook, erased, isErased, plain, sameLook, type Look } from './looks.js';
import {
  bgFlag,
  cellWords,
  content,
  joins,
  type Core,
  type InnerBuffer,
  type InnerLine,
} from './xterm-internals.js';

/** Longer piles of accents in one cell are cut: they are attacks, not text. */
const cellTextMax = 256;
/** The width of one column, as it stands in the word of a cell. */
const narrow = 1 << content.widthShift;
/** Does nothing, but what follows does not join what was before. */
export const breakJoin = '\u001b[?0h';

export class LineDrawing {
  /** What the emulator's next character would look like. */
  #pen: Look = plain;
  readonly #out = new ByteWriter();
  readonly #cols: number;
  /** Column of the cursor within the line being drawn; `cols` when the next character wraps. */
  #x = 0;
  /** Text of the cell drawn last, with nothing in between; joins depend on it. */
  #before = '';
  /** Words of the look asked for last: most cells look like the one before. */
  #words = { fg: 0, bg: 0, look: plain };

  constructor(
    private readonly core: Core,
    private readonly options: { readonly looks: boolean },
  ) {
    this.#cols = core.cols;
  }

  get bytes(): Buffer {
    return this.#out.bytes;
  }

  /** Sequences that change neither pen nor text. */
  write(sequence: string): void {
    this.#out.text(sequence);
    this.#before = '';
  }

  /** Lines `from` to `to` - 1, the cursor being at the left of where the first one goes. */
  lines(buffer: InnerBuffer, from: number, to: number): void {
    this.#x = 0;
    let previous: InnerLine | null = null;
    for (let index = from; index < to; index += 1) {
      const line = buffer.lines.get(index);
      const wrapped = previous !== null && line?.isWrapped === true;
      let dirty = false;
      if (wrapped && line && previous) dirty = this.#wrap(previous, line);
      else if (index > from) this.#newLine();
      if (line) this.#line(line, dirty);
      previous = line ?? null;
    }
  }

  /** The text of one cell, drawn where the cursor is. */
  cell(line: InnerLine, x: number, look: Look): void {
    this.look(look);
    this.#print(textOf(line, x) || ' ');
  }

  /** Makes `look` the pen. */
  look(look: Look): void {
    const wanted = this.options.looks ? look : plain;
    if (sameLook(this.#pen, wanted)) {
      this.#pen = wanted;
      return;
    }
    const change = changeLook(this.#pen, wanted);
    if (change !== '') this.write(change);
    if (this.#pen.link !== wanted.link) this.write(this.#link(wanted.link));
    this.#pen = wanted;
  }

  #newLine(): void {
    // What scrolls in is filled with the background of the pen.
    this.look(plain);
    this.write('\r\n');
    this.#x = 0;
  }

  /** Makes `next` a continuation. @returns whether its first cell was written to on the way */
  #wrap(previous: InnerLine, next: InnerLine): boolean {
    const cols = this.#cols;
    const first = cellLook(next, 0);
    const firstWidth = widthAt(next, 0);
    const hasText = textOf(next, 0) !== '';
    const flowing = this.#x >= cols;
    this.#x = 0;
    if (flowing) {
      if (hasText && firstWidth > 0 && first.bg === 0) return false;
      this.look(plain);
      this.#out.text(' \r');
      this.#before = '';
      return true;
    }
    const last = cellLook(previous, cols - 1);
    if (hasText && firstWidth === 2 && first.bg === 0 && sameLook(first, last)) {
      // A wide character that did not fit any more.
      this.write(`\u001b[${String(cols)}G`);
      return false;
    }
    this.look(plain);
    this.write(`\u001b[${String(cols)}G  \u001b[A\u001b[${String(cols)}G`);
    this.look(erased(last));
    this.write('\u001b[X');
    this.look(plain);
    this.write('\u001b[B\r');
    return true;
  }

  #line(line: InnerLine, dirty: boolean): void {
    const end = lastCell(line, this.#cols);
    if (dirty && isNull(line, 0)) {
      this.look(plain);
      this.write('\u001b[X');
    }
    let skip = 0;
    let x = 0;
    while (x < end) {
      if (isNull(line, x)) {
        const look = cellLook(line, x);
        const count = this.#nullRun(line, x, end, look);
        if (isErased(look)) {
          if (look.bg !== 0 && this.options.looks) {
            this.#move(skip);
            skip = 0;
            this.look(erased(look));
            this.write(`\u001b[${String(count)}X`);
          }
          skip += count;
        } else {
          // Empty, but with a colour or a line of its own: a space looks the same.
          this.#move(skip);
          skip = 0;
          this.look(look);
          this.#out.text(' '.repeat(count));
          this.#before = ' ';
          this.#x = x + count;
        }
        x += count;
        continue;
      }
      this.#move(skip);
      skip = 0;
      x += this.#textCell(line, x);
      x = this.#alike(line, x, end);
      this.#x = x;
    }
    if (skip > 0) this.#x = Math.min(this.#x + skip, this.#cols - 1);
  }

  /** Latin text that looks as the pen does: most of most screens. @returns the first column that is anything else */
  #alike(line: InnerLine, from: number, end: number): number {
    const { fg, bg, look } = this.#words;
    if (this.#pen !== look || !isSimple(this.#before) || this.#before === '') return from;
    const data = line._data;
    let x = from;
    for (; x < end; x += 1) {
      const word = (data[x * cellWords] ?? 0) ^ narrow;
      if (word < 0x20 || word >= 0x300) break;
      if (data[x * cellWords + 1] !== fg || data[x * cellWords + 2] !== bg) break;
      this.#out.narrow(word);
    }
    return x;
  }

  /** As `cellLook`; one object for cells that look alike. */
  #look(line: InnerLine, x: number): Look {
    const fg = line._data[x * cellWords + 1] ?? 0;
    const bg = line._data[x * cellWords + 2] ?? 0;
    if (fg === this.#words.fg && bg === this.#words.bg) return this.#words.look;
    const look = cellLook(line, x);
    if ((bg & bgFlag.extended) === 0) this.#words = { fg, bg, look };
    return look;
  }

  /** @returns columns drawn */
  #textCell(line: InnerLine, x: number): number {
    const text = textOf(line, x);
    const width = widthAt(line, x);
    this.look(this.#look(line, x));
    const whole = width < 2 || (x + 1 < this.#cols && isTail(line, x + 1));
    if (text === '' || !whole) {
      // Half of a wide character.
      this.#out.text(' ');
      this.#before = ' ';
      return 1;
    }
    this.#print(text);
    return Math.max(width, 1);
  }

  #print(text: string): void {
    if (this.#before !== '' && !(isSimple(text) && isSimple(this.#before)) && this.#wouldJoin(text)) {
      this.#out.text(breakJoin);
    }
    this.#out.text(text);
    this.#before = text;
  }

  #wouldJoin(text: string): boolean {
    const { unicodeService } = this.core;
    let state = 0;
    for (const char of this.#before) state = unicodeService.charProperties(char.codePointAt(0) ?? 0, state);
    return joins(unicodeService.charProperties(text.codePointAt(0) ?? 0, state));
  }

  #move(columns: number): void {
    if (columns === 0) return;
    this.write(columns === 1 ? '\u001b[C' : `\u001b[${String(columns)}C`);
  }

  #nullRun(line: InnerLine, from: number, end: number, look: Look): number {
    let x = from + 1;
    while (x < end && isNull(line, x) && sameLook(cellLook(line, x), look)) x += 1;
    return x - from;
  }

  #link(id: number): string {
    if (id === 0) return '\u001b]8;;\u0007';
    const uri = this.core._oscLinkService.getLinkData(id)?.uri ?? '';
    const named = `id=r${String(id)};`;
    return `\u001b]8;${named}${uri === '' || isLinkTooLong(named + uri) ? 'about:blank' : uri}\u0007`;
  }
}

export function textOf(line: InnerLine, x: number): string {
  const word = line._data[x * cellWords] ?? 0;
  if ((word & content.combined) !== 0) return (line._combined[x] ?? '').slice(0, cellTextMax);
  const code = word & content.codepoint;
  return code === 0 ? '' : String.fromCodePoint(code);
}

export const widthAt = (line: InnerLine, x: number): number =>
  (line._data[x * cellWords] ?? 0) >>> content.widthShift;

/** Nothing was ever written there, or it was erased. */
const isNull = (line: InnerLine, x: number): boolean =>
  ((line._data[x * cellWords] ?? 0) & content.any) === 0 && widthAt(line, x) === 1;

/** The right half of a wide character. */
export const isTail = (line: InnerLine, x: number): boolean => (line._data[x * cellWords] ?? 1) === 0;

/** Index after the last cell that is not as a reset leaves it. */
function lastCell(line: InnerLine, cols: number): number {
  let end = Math.min(cols, line.length);
  while (end > 0 && isNull(line, end - 1) && sameLook(cellLook(line, end - 1), plain)) end -= 1;
  return end;
}

/** Characters that never join each other: Latin, lines and blocks, Han. */
function isSimple(text: string): boolean {
  if (text.length > 1) return false;
  const code = text.charCodeAt(0);
  return code < 0x300 || (code >= 0x2500 && code < 0x25a0) || (code >= 0x4e00 && code < 0xa000);
}
