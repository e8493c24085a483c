// Everything of an emulator beside its cells, as the sequences that set it: margins, saved cursors, tabs, character sets,
// modes, title, palette, pen, and where the cursor is, down to a character that waits for its accent.
import { cellLook, erased, lookOf, plain, type Look } from './looks.js';
import { breakJoin, isTail, textOf, widthAt, type LineDrawing } from './draw-lines.js';
import { bgFlag, fgFlag, type Core, type InnerBuffer, type InnerLine } from './xterm-internals.js';

const esc = '\u001b';
const csi = `${esc}[`;
/** Longer titles are nobody's. */
const titleMax = 4_096;
const tabWidth = 8;

/** Palette entries that the agent has set, by index; 256 to 258 are text, background and cursor. */
export type Palette = ReadonlyMap<number, string>;

/** What a reset does not touch, before anything is drawn. */
export function beforeDrawing(): string {
  const osc = ['104', '110', '111', '112'].map((code) => `${esc}]${code}\u0007`).join('');
  return `${csi}20l${csi}?12l${csi}?25h${osc}`;
}

/** Tabs, saved cursor and margins of a buffer that is active, its lines being drawn. */
export function bufferState(draw: LineDrawing, core: Core, buffer: InnerBuffer, sets: CharsetNames): void {
  draw.write(tabs(core.cols, buffer));
  savedCursor(draw, core, buffer, sets);
  const { scrollTop, scrollBottom } = buffer;
  if (scrollTop !== 0 || scrollBottom !== core.rows - 1) {
    draw.write(`${csi}${String(scrollTop + 1)};${String(scrollBottom + 1)}r`);
  }
}

export function hasSavedCursor(buffer: InnerBuffer): boolean {
  const { savedX, savedY, ybase, savedCurAttrData, savedCharset } = buffer;
  const { fg, bg } = savedCurAttrData;
  return savedX !== 0 || savedY > ybase || fg !== 0 || bg !== 0 || savedCharset !== undefined;
}

/** Designators of character sets, by the emulator's own tables. */
export type CharsetNames = ReadonlyMap<object, string>;

function tabs(cols: number, buffer: InnerBuffer): string {
  const stops: number[] = [];
  let usual = true;
  for (let x = 0; x < cols; x += 1) {
    const stop = buffer.tabs[x] === true;
    if (stop) stops.push(x);
    if (stop !== (x % tabWidth === 0)) usual = false;
  }
  if (usual) return '';
  return `${csi}3g${stops.map((x) => `${csi}${String(x + 1)}G${esc}H`).join('')}`;
}

function savedCursor(draw: LineDrawing, core: Core, buffer: InnerBuffer, sets: CharsetNames): void {
  if (!hasSavedCursor(buffer)) return;
  const { savedX, savedY, ybase, savedCurAttrData, savedCharset } = buffer;
  const { fg, bg } = savedCurAttrData;
  const row = Math.min(Math.max(savedY - ybase, 0), core.rows - 1);
  draw.write(cursorTo(row, Math.min(savedX, core.cols - 1)));
  if (savedCharset) draw.write(`${esc}(${sets.get(savedCharset) ?? 'B'}`);
  const look = lookOf({ fg, bg, extended: { _ext: 0, _urlId: 0 } });
  // Only that there was a link is saved, not which.
  const linked = (bg & bgFlag.extended) !== 0 && (fg & fgFlag.underline) === 0;
  draw.look(look);
  draw.write(linked ? `${esc}]8;;about:blank\u0007${esc}7${esc}]8;;\u0007` : `${esc}7`);
  draw.look(plain);
  if (savedCharset) draw.write(`${esc}(B`);
}

/** What both buffers share, and the cursor of the active one, last. */
export function sharedState(draw: LineDrawing, core: Core, sets: CharsetNames, palette: Palette): void {
  const { _parser: parser, _curAttrData: pen } = core._inputHandler;
  const { decPrivateModes, modes } = core.coreService;
  draw.write(titles(core) + colours(palette));
  draw.look(plain);
  if (decPrivateModes.origin) draw.write(`${csi}?6h`);
  const joining = parser.precedingJoinState !== 0;
  const look = lookOf(pen);
  if (joining) {
    draw.write(charsets(core, sets) + modesOf(core));
    placeCursor(draw, core, { insert: modes.insertMode });
    draw.look(look);
    return;
  }
  placeCursor(draw, core, { insert: false });
  draw.write(breakJoin + charsets(core, sets) + modesOf(core));
  draw.look(look);
}

function placeCursor(draw: LineDrawing, core: Core, { insert }: { insert: boolean }): void {
  const { active } = core.buffers;
  const line = active.lines.get(active.ybase + active.y);
  const pending = active.x >= core.cols;
  const joining = core._inputHandler._parser.precedingJoinState !== 0;
  const row = core.coreService.decPrivateModes.origin ? active.y - active.scrollTop : active.y;
  if (!line || active.x === 0 || !(pending || joining)) {
    draw.write(cursorTo(row, active.x));
    return;
  }
  const at = isTail(line, active.x - 1) && active.x > 1 ? active.x - 2 : active.x - 1;
  draw.write(cursorTo(row, at));
  if (insert) draw.write(`${csi}${String(Math.max(widthAt(line, at), 1))}P`);
  // What may still be joined was drawn with the pen of now: every change of the pen would have ended that.
  draw.cell(line, at, joining ? lookOf(core._inputHandler._curAttrData) : cellLook(line, at));
  // A line erased whole, with the cursor still behind its end.
  if (pending && !insert) eraseIfEmpty(draw, core, line);
}

function eraseIfEmpty(draw: LineDrawing, core: Core, line: InnerLine): void {
  const background = emptyLook(core, line);
  if (!background) return;
  draw.look(background);
  draw.write(`${csi}2K`);
  if (line.isWrapped) draw.look(plain);
}

/** The look of a line of erased cells that does not continue another; null for every other line. */
function emptyLook(core: Core, line: InnerLine): Look | null {
  if (line.isWrapped) return null;
  for (let x = 0; x < core.cols; x += 1) {
    if (textOf(line, x) !== '' || line._data[x * 3 + 2] !== line._data[2]) return null;
  }
  return erased(lookOf({ fg: 0, bg: line._data[2] ?? 0, extended: { _ext: 0, _urlId: 0 } }));
}

function charsets(core: Core, sets: CharsetNames): string {
  const { glevel, charset, _charsets } = core._charsetService;
  const designated = ['(', ')', '*', '+'].map((intermediate, index) => {
    const set = _charsets[index];
    return set ? `${esc}${intermediate}${sets.get(set) ?? 'B'}` : '';
  });
  const shift = ['', '\u000e', `${esc}n`, `${esc}o`][glevel] ?? '';
  // A restored cursor may bring a set that none of the four is.
  const restored = charset !== _charsets[glevel] && charset === core.buffers.active.savedCharset;
  return designated.join('') + shift + (restored ? `${esc}8` : '');
}

function modesOf(core: Core): string {
  const { decPrivateModes: dec, modes, isCursorHidden } = core.coreService;
  const { activeProtocol, activeEncoding } = core.coreMouseService;
  const { convertEol, cursorBlink } = core.optionsService.rawOptions;
  const set: readonly (readonly [boolean, string])[] = [
    [convertEol, '20h'],
    [cursorBlink, '?12h'],
    [isCursorHidden, '?25l'],
    [modes.insertMode, '4h'],
    [!dec.wraparound, '?7l'],
    [dec.reverseWraparound, '?45h'],
    [dec.applicationCursorKeys, '?1h'],
    [dec.applicationKeypad, '?66h'],
    [dec.bracketedPasteMode, '?2004h'],
    [dec.sendFocus, '?1004h'],
    [activeProtocol === 'X10', '?9h'],
    [activeProtocol === 'VT200', '?1000h'],
    [activeProtocol === 'DRAG', '?1002h'],
    [activeProtocol === 'ANY', '?1003h'],
    [activeEncoding === 'SGR', '?1006h'],
    [activeEncoding === 'SGR_PIXELS', '?1016h'],
    [dec.cursorStyle !== undefined, cursorStyle(dec.cursorStyle, dec.cursorBlink)],
    [dec.synchronizedOutput, '?2026h'],
  ];
  return set.flatMap(([on, sequence]) => (on ? [csi + sequence] : [])).join('');
}

function cursorStyle(style: string | undefined, blink: boolean | undefined): string {
  const first = style === 'bar' ? 5 : style === 'underline' ? 3 : 1;
  return `${String(blink === true ? first : first + 1)} q`;
}

/** Empty ones, too: a reset does not take a title away. */
function titles(core: Core): string {
  const { _windowTitle, _iconName } = core._inputHandler;
  const icon = `${esc}]1;${_iconName.slice(0, titleMax)}\u0007`;
  return `${icon}${esc}]2;${_windowTitle.slice(0, titleMax)}\u0007`;
}

function colours(palette: Palette): string {
  return [...palette]
    .map(([index, rgb]) =>
      index < 256
        ? `${esc}]4;${String(index)};rgb:${rgb}\u0007`
        : `${esc}]${String(10 + index - 256)};rgb:${rgb}\u0007`,
    )
    .join('');
}

const cursorTo = (row: number, x: number): string => `${csi}${String(row + 1)};${String(x + 1)}H`;
