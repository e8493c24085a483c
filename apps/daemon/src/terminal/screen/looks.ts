// How a cell looks, and the sequences that turn one look into another. Pure.
import { bgFlag, colour, fgFlag, type AttrData, type InnerLine, cellWords } from './xterm-internals.js';

export interface Look {
  /** Mode and value of the colour, 0 for the default. */
  readonly fg: number;
  readonly bg: number;
  /** Flags of both words, disjoint bits: see `flags`. */
  readonly flags: number;
  /** Underline style 0 to 5. */
  readonly underline: number;
  /** As `fg`, for the underline. */
  readonly underlineColour: number;
  /** Number of an OSC 8 link, 0 for none. */
  readonly link: number;
}

const flag = {
  bold: 1,
  dim: 2,
  italic: 4,
  blink: 8,
  inverse: 16,
  invisible: 32,
  strikethrough: 64,
  overline: 128,
  protected: 256,
} as const;

/** SGR code of each flag; `protected` has a sequence of its own. */
const codes: readonly (readonly [number, string])[] = [
  [flag.bold, '1'],
  [flag.dim, '2'],
  [flag.italic, '3'],
  [flag.blink, '5'],
  [flag.inverse, '7'],
  [flag.invisible, '8'],
  [flag.strikethrough, '9'],
  [flag.overline, '53'],
];

export const plain: Look = { fg: 0, bg: 0, flags: 0, underline: 0, underlineColour: 0, link: 0 };

export function sameLook(a: Look, b: Look): boolean {
  return (
    a === b ||
    (a.fg === b.fg &&
      a.bg === b.bg &&
      a.flags === b.flags &&
      a.underline === b.underline &&
      a.underlineColour === b.underlineColour &&
      a.link === b.link)
  );
}

/** Only the background, as an erased cell has it. */
export const erased = (look: Look): Look => (look.bg === 0 ? plain : { ...plain, bg: look.bg });

/** Whether erasing leaves a cell like this. */
export const isErased = (look: Look): boolean =>
  look.fg === 0 && look.flags === 0 && look.underline === 0 && look.link === 0;

export function lookOf({ fg, bg, extended }: AttrData): Look {
  // A restored cursor within an open link leaves the link behind, without the flag that lets it show.
  return makeLook(fg, bg, extended._ext, (bg & bgFlag.extended) === 0 ? 0 : extended._urlId);
}

export function cellLook(line: InnerLine, x: number): Look {
  const fg = line._data[x * cellWords + 1] ?? 0;
  const bg = line._data[x * cellWords + 2] ?? 0;
  if (fg === 0 && bg === 0) return plain;
  const extended = (bg & bgFlag.extended) !== 0 ? line._extendedAttrs[x] : undefined;
  return makeLook(fg, bg, extended?._ext ?? 0, extended?._urlId ?? 0);
}

function makeLook(fg: number, bg: number, ext: number, link: number): Look {
  const style = (ext >>> 26) & 7;
  return {
    fg: colourOf(fg),
    bg: colourOf(bg),
    flags: flagsOf(fg, bg),
    underline: (fg & fgFlag.underline) === 0 ? 0 : Math.max(style, 1),
    underlineColour: colourOf(ext),
    link,
  };
}

function flagsOf(fg: number, bg: number): number {
  if ((fg | bg) >>> 26 === 0) return 0;
  return (
    ((fg & fgFlag.bold) === 0 ? 0 : flag.bold) |
    ((bg & bgFlag.dim) === 0 ? 0 : flag.dim) |
    ((bg & bgFlag.italic) === 0 ? 0 : flag.italic) |
    ((fg & fgFlag.blink) === 0 ? 0 : flag.blink) |
    ((fg & fgFlag.inverse) === 0 ? 0 : flag.inverse) |
    ((fg & fgFlag.invisible) === 0 ? 0 : flag.invisible) |
    ((fg & fgFlag.strikethrough) === 0 ? 0 : flag.strikethrough) |
    ((bg & bgFlag.overline) === 0 ? 0 : flag.overline) |
    ((bg & bgFlag.protected) === 0 ? 0 : flag.protected)
  );
}

/** Without what an earlier colour of another mode left in the word. */
function colourOf(word: number): number {
  const mode = word & colour.mode;
  if (mode === 0) return 0;
  return mode === colour.rgb ? word & 0x3ffffff : mode | (word & 0xff);
}

/** The sequences from one look to another, links aside; empty when there is nothing to do. */
export function changeLook(from: Look, to: Look): string {
  const fewer = takesAway(from, to);
  // A reset takes protection away, too.
  const base = fewer ? plain : from;
  const sgr = [...(fewer ? ['0'] : []), ...added(base, to)];
  const text = sgr.length > 0 ? `\u001b[${sgr.join(';')}m` : '';
  const guarded = (to.flags & flag.protected) !== 0;
  if (((base.flags & flag.protected) !== 0) === guarded) return text;
  return `${text}\u001b[${guarded ? '1' : '0'}"q`;
}

function takesAway(from: Look, to: Look): boolean {
  return (
    (from.flags & ~to.flags & ~flag.protected) !== 0 ||
    (from.underline !== 0 && to.underline === 0) ||
    (from.underlineColour !== 0 && to.underlineColour === 0)
  );
}

function added(base: Look, to: Look): string[] {
  const sgr: string[] = [];
  for (const [bit, code] of codes) if ((to.flags & ~base.flags & bit) !== 0) sgr.push(code);
  if (to.underline !== base.underline) sgr.push(to.underline === 1 ? '4' : `4:${String(to.underline)}`);
  if (to.fg !== base.fg) sgr.push(...colourCodes(to.fg, 30));
  if (to.bg !== base.bg) sgr.push(...colourCodes(to.bg, 40));
  if (to.underlineColour !== base.underlineColour) sgr.push(...underlineCodes(to.underlineColour));
  return sgr;
}

/** `first` is 30 for the foreground, 40 for the background. */
function colourCodes(value: number, first: number): string[] {
  const mode = value & colour.mode;
  if (mode === 0) return [String(first + 9)];
  if (mode === colour.rgb) return [String(first + 8), '2', ...rgb(value)];
  const index = value & 0xff;
  if (mode === colour.p256) return [String(first + 8), '5', String(index)];
  return [String(index < 8 ? first + index : first + 60 + index - 8)];
}

function underlineCodes(value: number): string[] {
  const mode = value & colour.mode;
  if (mode === 0) return [];
  return mode === colour.rgb ? ['58', '2', ...rgb(value)] : ['58', '5', String(value & 0xff)];
}

const rgb = (value: number): string[] => [16, 8, 0].map((shift) => String((value >> shift) & 0xff));

export const emphasised = (look: Look): boolean => (look.flags & flag.bold) !== 0;
export const dimmed = (look: Look): boolean => (look.flags & flag.dim) !== 0;
export const hidden = (look: Look): boolean => (look.flags & flag.invisible) !== 0;
