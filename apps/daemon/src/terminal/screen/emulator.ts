// One emulator without a display: bytes in, cells out, drawn at once on this thread. It never throws for what an agent
// prints, and answers only what a terminal has to answer.
import headless from '@xterm/headless';
import type { Terminal } from '@xterm/headless';
import { isLinkTooLong, printSteadily, repeatingFinals, repeatsTooOften } from '@roundhouse/protocol';
import { isAnswer } from './answers.js';
import { UnicodeGraphemesAddon } from './graphemes.js';
import { SequenceTail } from './sequence-tail.js';
import { drawScreen, type ScreenData } from './snapshot.js';
import { wholeLength } from './utf8-hold.js';
import { coreOf, parserState, type ColourEvent, type Core } from './xterm-internals.js';

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export interface EmulatorOptions extends Size {
  /** Lines kept above the screen. */
  readonly scrollback: number;
  readonly onAnswer?: (text: string) => void;
  readonly onBell?: () => void;
  readonly onTitle?: (title: string) => void;
  readonly onOsc?: (code: number, payload: string) => void;
}

const empty = Buffer.alloc(0);

export class Emulator {
  readonly #term: Terminal;
  readonly #core: Core;
  readonly #tail = new SequenceTail();
  readonly #palette = new Map<number, string>();
  /** Bytes of a character that is not whole yet. */
  #held: Buffer = empty;
  readonly #onOsc: EmulatorOptions['onOsc'];
  /** Sequences that are told of. */
  readonly #heard = new Set<number>();
  /** A full reset was seen since this was last asked. */
  #reset = false;
  #faults = 0;

  constructor({ cols, rows, scrollback, ...on }: EmulatorOptions) {
    // As the browser's, which has the same defaults.
    this.#term = new headless.Terminal({ allowProposedApi: true, cols, rows, scrollback, logLevel: 'off' });
    this.#term.loadAddon(new UnicodeGraphemesAddon());
    this.#core = coreOf(this.#term);
    printSteadily(this.#core._inputHandler, () => this.#core.coreService.decPrivateModes.wraparound);
    this.#core._inputHandler.onColor((events) => {
      for (const event of events) this.#coloured(event);
    });
    this.#term.parser.registerEscHandler({ final: 'c' }, () => {
      this.#reset = true;
      return false;
    });
    for (const final of repeatingFinals) this.#term.parser.registerCsiHandler({ final }, repeatsTooOften);
    this.#term.parser.registerOscHandler(8, isLinkTooLong);
    const { onAnswer, onBell, onTitle, onOsc } = on;
    if (onAnswer) this.#term.onData((text) => (isAnswer(text) ? onAnswer(text) : undefined));
    if (onBell) this.#term.onBell(onBell);
    if (onTitle) this.#term.onTitleChange(onTitle);
    this.#onOsc = onOsc;
  }

  /** Tells of these sequences, too, from here on; whatever else they do, they still do. */
  hear(codes: readonly number[]): void {
    for (const code of codes) {
      if (this.#heard.has(code)) continue;
      this.#heard.add(code);
      this.#term.parser.registerOscHandler(code, (payload) => {
        this.#onOsc?.(code, payload);
        return false;
      });
    }
  }

  get cols(): number {
    return this.#core.cols;
  }

  get rows(): number {
    return this.#core.rows;
  }

  get term(): Terminal {
    return this.#term;
  }

  /** What is read and never changed. */
  get core(): Core {
    return this.#core;
  }

  /** Bytes written that are not drawn yet: a character that has begun. */
  get heldBytes(): number {
    return this.#held.length;
  }

  /** Pieces that the emulator stumbled over. */
  get faults(): number {
    return this.#faults;
  }

  /** Between sequences, on the normal buffer, without a scroll region: plain lines only push others out at the top. */
  get onlyScrolls(): boolean {
    const { buffers, rows, _inputHandler } = this.#core;
    const { active, normal } = buffers;
    const rests = this.#held.length === 0 && _inputHandler._parser.currentState === parserState.ground;
    return rests && active === normal && active.scrollTop === 0 && active.scrollBottom === rows - 1;
  }

  get title(): string {
    return this.#core._inputHandler._windowTitle;
  }

  /** Whether the agent reset the terminal since this was last asked. */
  takeReset(): boolean {
    const was = this.#reset;
    this.#reset = false;
    return was;
  }

  write(bytes: Uint8Array): void {
    const all = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes;
    const whole = wholeLength(all);
    this.#held = whole < all.length ? Buffer.from(all.subarray(whole)) : empty;
    if (whole === 0) return;
    const piece = whole < all.length ? all.subarray(0, whole) : all;
    this.#parse(piece);
    const instead = this.#tail.after(piece, this.#core._inputHandler._parser.currentState);
    if (instead) this.#parse(instead);
  }

  resize({ cols, rows }: Size): void {
    if (cols !== this.cols || rows !== this.rows) this.#term.resize(cols, rows);
  }

  /** Bytes are missing here: whatever was begun is over, and nothing on the screen can be trusted. */
  restart(): void {
    this.#held = empty;
    this.#parse(Buffer.from('\u0018\u001bc'));
    this.#tail.after(empty, 0);
    this.#palette.clear();
    this.#reset = false;
  }

  snapshot(scrollback: number, maxBytes?: number): ScreenData {
    const { bytes: tail } = this.#tail;
    const options = { scrollback, palette: this.#palette, sets: charsetNames(), tail };
    return drawScreen(this.#core, maxBytes === undefined ? options : { ...options, maxBytes });
  }

  dispose(): void {
    this.#term.dispose();
  }

  #parse(piece: Uint8Array): void {
    try {
      this.#core._inputHandler.parse(piece);
    } catch {
      // A fault of the emulator must not end the others that live in this thread.
      this.#faults += 1;
    }
  }

  #coloured({ type, index, color }: ColourEvent): void {
    if (type === 1 && index !== undefined && color) {
      this.#palette.set(index, color.map((part) => part.toString(16).padStart(2, '0')).join('/'));
    } else if (type === 2 && index !== undefined) this.#palette.delete(index);
    else if (type === 2)
      for (const known of [...this.#palette.keys()]) if (known < 256) this.#palette.delete(known);
  }
}

/** Finals of the sets that can be designated. */
const designators = '0A4CRQKYEZH=';
let names: ReadonlyMap<object, string> | null = null;

/** The emulator's tables of character sets are its own: they are recognised by designating each once. */
function charsetNames(): ReadonlyMap<object, string> {
  if (names) return names;
  const scratch = new headless.Terminal({ allowProposedApi: true, logLevel: 'off' });
  const core = coreOf(scratch);
  const found = new Map<object, string>();
  for (const final of designators) {
    core._inputHandler.parse(Buffer.from(`\u001b(${final}`));
    const set = core._charsetService._charsets[0];
    if (set && !found.has(set)) found.set(set, final);
  }
  scratch.dispose();
  names = found;
  return found;
}
