// The one place that reads the emulator's insides: a snapshot has to hold what no public interface tells. Written for
// the pinned version; `checkInternals` fails at once when another one is put together differently.
import type { Terminal } from '@xterm/headless';
import { AppError } from '@roundhouse/protocol';

/** Cells are three words each: content, foreground with flags, background with flags. */
export const cellWords = 3;
export const content = { codepoint: 0x1fffff, combined: 0x200000, any: 0x3fffff, widthShift: 22 } as const;
export const colour = { mode: 0x3000000, p16: 0x1000000, p256: 0x2000000, rgb: 0x3000000 } as const;
export const fgFlag = {
  inverse: 0x4000000,
  bold: 0x8000000,
  underline: 0x10000000,
  blink: 0x20000000,
  invisible: 0x40000000,
  strikethrough: 0x80000000,
} as const;
export const bgFlag = {
  italic: 0x4000000,
  dim: 0x8000000,
  extended: 0x10000000,
  protected: 0x20000000,
  overline: 0x40000000,
} as const;

/** Underline style and colour packed in `_ext`; `_urlId` names an OSC 8 link. */
export interface ExtendedLook {
  readonly _ext: number;
  readonly _urlId: number;
}

export interface AttrData {
  readonly fg: number;
  readonly bg: number;
  readonly extended: ExtendedLook;
}

export interface InnerLine {
  readonly isWrapped: boolean;
  readonly length: number;
  readonly _data: Uint32Array;
  readonly _combined: Readonly<Record<number, string>>;
  readonly _extendedAttrs: Readonly<Record<number, ExtendedLook | undefined>>;
}

export interface InnerBuffer {
  readonly lines: { readonly length: number; get(index: number): InnerLine | undefined };
  readonly x: number;
  readonly y: number;
  readonly ybase: number;
  readonly scrollTop: number;
  readonly scrollBottom: number;
  readonly tabs: Readonly<Record<number, boolean | undefined>>;
  readonly savedX: number;
  readonly savedY: number;
  readonly savedCurAttrData: AttrData;
  readonly savedCharset: object | undefined;
}

export interface DecPrivateModes {
  readonly applicationCursorKeys: boolean;
  readonly applicationKeypad: boolean;
  readonly bracketedPasteMode: boolean;
  readonly cursorBlink: boolean | undefined;
  readonly cursorStyle: 'block' | 'underline' | 'bar' | undefined;
  readonly origin: boolean;
  readonly reverseWraparound: boolean;
  readonly sendFocus: boolean;
  readonly synchronizedOutput: boolean;
  readonly wraparound: boolean;
}

/** A change of the palette: type 0 asks, 1 sets, 2 restores (everything without an index). */
export interface ColourEvent {
  readonly type: 0 | 1 | 2;
  readonly index?: number;
  readonly color?: readonly [number, number, number];
}

export interface Core {
  readonly cols: number;
  readonly rows: number;
  readonly buffers: {
    readonly active: InnerBuffer;
    readonly normal: InnerBuffer;
    readonly alt: InnerBuffer;
  };
  readonly optionsService: { readonly rawOptions: { convertEol: boolean; cursorBlink: boolean } };
  readonly coreService: {
    readonly isCursorHidden: boolean;
    readonly modes: { readonly insertMode: boolean };
    readonly decPrivateModes: DecPrivateModes;
  };
  readonly coreMouseService: { readonly activeProtocol: string; readonly activeEncoding: string };
  readonly unicodeService: { charProperties(codepoint: number, preceding: number): number };
  readonly _charsetService: {
    readonly charset: object | undefined;
    readonly glevel: number;
    readonly _charsets: readonly (object | undefined)[];
  };
  readonly _oscLinkService: { getLinkData(id: number): { readonly uri: string } | undefined };
  readonly _inputHandler: {
    readonly _curAttrData: AttrData;
    readonly _windowTitle: string;
    readonly _iconName: string;
    readonly _parser: { readonly currentState: number; readonly precedingJoinState: number };
    /** Draws text: code points `start` to before `end`. */
    print(data: Uint32Array, start: number, end: number): void;
    /** Draws at once, on this stack. */
    parse(data: Uint8Array): unknown;
    onColor(listener: (event: readonly ColourEvent[]) => void): { dispose(): void };
  };
}

/** Parser states; 0 is between sequences. */
export const parserState = { ground: 0, escape: 1, csiIgnore: 6, sosPmApc: 7, osc: 8, dcsEntry: 9 } as const;

/** Whether a character joins the one before it, from `charProperties`. */
export const joins = (properties: number): boolean => (properties & 1) === 1;

/** @throws AppError INTERNAL when the emulator is not the one that this was written for */
export function coreOf(term: Terminal): Core {
  const core: unknown = Reflect.get(term, '_core');
  const missing = checkInternals(core);
  if (missing.length > 0) {
    throw new AppError('INTERNAL', { message: `The emulator has no ${missing.join(', ')}` });
  }
  return core as Core;
}

/** What is read here: paths and kinds. */
const expected: Readonly<Record<string, string>> = {
  'buffers.active.lines.get': 'function',
  'buffers.active.x': 'number',
  'buffers.active.ybase': 'number',
  'buffers.active.scrollTop': 'number',
  'buffers.active.scrollBottom': 'number',
  'buffers.active.savedX': 'number',
  'buffers.active.savedY': 'number',
  'buffers.active.savedCurAttrData.fg': 'number',
  'buffers.active.tabs': 'object',
  'buffers.normal': 'object',
  'buffers.alt': 'object',
  'optionsService.rawOptions.convertEol': 'boolean',
  'optionsService.rawOptions.cursorBlink': 'boolean',
  'coreService.isCursorHidden': 'boolean',
  'coreService.modes.insertMode': 'boolean',
  'coreService.decPrivateModes.origin': 'boolean',
  'coreService.decPrivateModes.synchronizedOutput': 'boolean',
  'coreMouseService.activeProtocol': 'string',
  'coreMouseService.activeEncoding': 'string',
  'unicodeService.charProperties': 'function',
  '_charsetService.glevel': 'number',
  '_charsetService._charsets': 'object',
  '_oscLinkService.getLinkData': 'function',
  '_inputHandler.parse': 'function',
  '_inputHandler.print': 'function',
  '_inputHandler.onColor': 'function',
  '_inputHandler._windowTitle': 'string',
  '_inputHandler._curAttrData.fg': 'number',
  '_inputHandler._curAttrData.extended._ext': 'number',
  '_inputHandler._curAttrData.extended._urlId': 'number',
  '_inputHandler._parser.currentState': 'number',
  '_inputHandler._parser.precedingJoinState': 'number',
};

/** Paths that are not as expected. */
export function checkInternals(core: unknown): string[] {
  const wrong = Object.entries(expected).filter(([path, kind]) => typeof at(core, path.split('.')) !== kind);
  const line = at(core, ['buffers', 'normal', 'lines']);
  const first: unknown = isLines(line) ? line.get(0) : undefined;
  const lineIsFine =
    at(first, ['_data']) instanceof Uint32Array &&
    typeof at(first, ['_combined']) === 'object' &&
    typeof at(first, ['_extendedAttrs']) === 'object';
  return [...wrong.map(([path]) => path), ...(lineIsFine ? [] : ['lines of cells'])];
}

function isLines(value: unknown): value is { get(index: number): unknown } {
  return typeof at(value, ['get']) === 'function';
}

function at(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Reflect.get(found, name) as unknown;
  }
  return found;
}
