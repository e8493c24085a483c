// The emulator: the one place that knows xterm.js. A chunk of its own, loaded with the first terminal.
import { FitAddon } from '@xterm/addon-fit';
import type { SearchAddon } from '@xterm/addon-search';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { terminalLimits } from '@roundhouse/protocol';
import { concatBytes } from './bytes.js';
import { followCursor, letterbox } from './letterbox.js';
import { isFocusReport, isMouseReport, swallowQueries } from './queries.js';
import { allowRowColours } from './row-colours.js';
import { terminalFont, terminalTheme } from './terminal-theme.js';
import type { Sink } from './write-queue.js';

/** Lines that can be scrolled back to; some 10 MB at most. */
const SCROLLBACK_LINES = 5000;
/** Longest wait for the fonts before the first measuring. */
const FONTS_MS = 1500;
/** Cells are measured in whole pixels: these give 13/18 and 12/17. */
const sizes = {
  normal: { fontSize: 13, lineHeight: 1.06 },
  phone: { fontSize: 12, lineHeight: 1.07 },
} as const;

export interface XtermHostOptions {
  readonly container: HTMLElement;
  readonly theme: 'dark' | 'light';
  readonly phone: boolean;
  readonly screenReader: boolean;
  /** Spoken name of the terminal. */
  readonly label: string;
  readonly events: XtermEvents;
}

export interface XtermEvents {
  /** Typed, pasted, or a real mouse or focus event. */
  onInput: (data: string | Uint8Array, report: boolean) => void;
  /** A person pressed a link; `url` is http or https. */
  onLink: (url: string) => void;
  /** The one key that is not the agent's. */
  onLeave: () => void;
  onSelection: (has: boolean) => void;
  /** The cells have another size now. */
  onCells: () => void;
}

export interface FindOptions {
  readonly back: boolean;
  readonly caseSensitive: boolean;
  readonly typing?: boolean;
}

export class XtermHost implements Sink {
  readonly #term: Terminal;
  readonly #fit = new FitAddon();
  #search: SearchAddon | null = null;
  readonly #guard;
  #disposed = false;
  #following: { dispose(): void } | null = null;
  #webgl = false;
  #phone: boolean;

  private constructor(private readonly options: XtermHostOptions) {
    const { theme, phone, screenReader, events } = options;
    this.#term = new Terminal({
      ...sizes[phone ? 'phone' : 'normal'],
      allowProposedApi: true,
      cursorBlink: false,
      cursorInactiveStyle: 'outline',
      fontFamily: terminalFont(),
      fontWeightBold: '700',
      linkHandler: { activate: (_, url) => this.#openLink(url), allowNonHttpProtocols: false },
      macOptionIsMeta: true,
      minimumContrastRatio: 4.5,
      rightClickSelectsWord: false,
      screenReaderMode: screenReader,
      scrollback: SCROLLBACK_LINES,
      theme: terminalTheme(theme),
    });
    this.#phone = phone;
    this.#guard = swallowQueries(this.#term.parser);
    this.#term.loadAddon(this.#fit);
    this.#term.loadAddon(new UnicodeGraphemesAddon());
    this.#term.loadAddon(new WebLinksAddon((_, url) => this.#openLink(url)));
    this.#term.onData((data) => this.#onData(data));
    this.#term.onBinary((data) => this.#onBinary(data));
    this.#term.onSelectionChange(() => events.onSelection(this.#term.hasSelection()));
    this.#term.attachCustomKeyEventHandler((event) => this.#onKey(event));
  }

  /** Makes and opens the emulator once the fonts that it measures are there. */
  static async open(options: XtermHostOptions): Promise<XtermHost> {
    await fontsReady();
    const host = new XtermHost(options);
    host.#open();
    return host;
  }

  get element(): HTMLElement | undefined {
    return this.#term.element;
  }

  write(data: Uint8Array, parsed: () => void): void {
    this.#term.write(data, parsed);
  }

  resize(cols: number, rows: number): void {
    if (cols === this.#term.cols && rows === this.#term.rows) return;
    this.#term.resize(cols, rows);
    this.options.events.onCells();
  }

  reset(): void {
    this.#term.reset();
  }

  redraw(screen: { cols: number; rows: number; data: Uint8Array }, parsed: () => void): void {
    const { baseY, viewportY } = this.#term.buffer.active;
    const scrolledBack = baseY - viewportY;
    this.resize(screen.cols, screen.rows);
    // What is written at once is parsed at once: nothing is painted between the reset and the end of the screen.
    this.#term.write(concatBytes([endAndReset, screen.data]), () => {
      if (scrolledBack > 0) this.#term.scrollToLine(this.#term.buffer.active.baseY - scrolledBack);
      parsed();
    });
  }

  breakOff(): void {
    // CAN ends a sequence, DECSTR forgets colours, margins and modes.
    this.#term.write('\u0018\u001b[!p');
  }

  /** The grid that fills the container; null while it has no layout. */
  proposed(): { cols: number; rows: number } | null {
    const size = this.#fit.proposeDimensions();
    if (!size || !Number.isFinite(size.cols) || !Number.isFinite(size.rows)) return null;
    const { minCols, maxCols, minRows, maxRows } = terminalLimits;
    return {
      cols: Math.min(maxCols, Math.max(minCols, size.cols)),
      rows: Math.min(maxRows, Math.max(minRows, size.rows)),
    };
  }

  /** Shrinks the type until the whole grid is seen; for who does not decide the size. */
  letterbox(): void {
    const { clientWidth: width, clientHeight: height } = this.options.container;
    const screen = this.#term.element?.querySelector('.xterm-screen');
    if (!screen) return;
    letterbox({
      space: { width, height },
      now: this.#term.options.fontSize ?? this.#sizes.fontSize,
      largest: this.#sizes.fontSize,
      draw: (fontSize) => {
        this.#term.options.fontSize = fontSize;
        return { width: screen.clientWidth, height: screen.clientHeight };
      },
    });
    this.#following ??= this.#term.onCursorMove(() => this.#follow());
    this.#follow();
  }

  /** The usual type again. */
  endLetterbox(): void {
    this.#following?.dispose();
    this.#following = null;
    this.#term.options.fontSize = this.#sizes.fontSize;
    this.options.container.scrollTop = 0;
  }

  /** A grid that is higher than its place shows the part with the cursor. */
  #follow(): void {
    const { container } = this.options;
    const { rows, buffer, element } = this.#term;
    const screen = element?.querySelector('.xterm-screen');
    if (!screen || screen.clientHeight <= container.clientHeight) return;
    container.scrollTop = followCursor({
      top: container.scrollTop,
      height: container.clientHeight,
      cell: screen.clientHeight / rows,
      row: buffer.active.cursorY,
    });
  }

  focus(): void {
    this.#term.focus();
  }

  /** Whether the program asked for bracketed paste, and for application cursor keys. */
  get modes(): { bracketedPaste: boolean; applicationCursor: boolean } {
    const { bracketedPasteMode, applicationCursorKeysMode } = this.#term.modes;
    return { bracketedPaste: bracketedPasteMode, applicationCursor: applicationCursorKeysMode };
  }

  /** `text` must be clean: see paste.ts. */
  paste(text: string): void {
    this.#term.paste(text);
  }

  selection(): string {
    return this.#term.getSelection();
  }

  /** Loads what finding needs; until then nothing is found. */
  async prepareFind(): Promise<void> {
    if (this.#search) return;
    const { SearchAddon } = await import('@xterm/addon-search');
    if (this.#search || this.#disposed) return;
    this.#search = new SearchAddon();
    this.#term.loadAddon(this.#search);
  }

  /** Selects the next or previous match; `typing` keeps the present one while it still fits. */
  find(query: string, options: FindOptions): boolean {
    const { back, caseSensitive, typing = false } = options;
    if (!this.#search) return true;
    if (back) return this.#search.findPrevious(query, { caseSensitive });
    return this.#search.findNext(query, { caseSensitive, incremental: typing });
  }

  clearFind(): void {
    this.#search?.clearDecorations();
    this.#term.clearSelection();
  }

  setTheme(theme: 'dark' | 'light'): void {
    this.#term.options.theme = terminalTheme(theme);
  }

  setScreenReader(on: boolean): void {
    this.#term.options.screenReaderMode = on;
  }

  setPhone(phone: boolean): void {
    this.#phone = phone;
    Object.assign(this.#term.options, sizes[phone ? 'phone' : 'normal']);
    this.#spaceCells();
  }

  dispose(): void {
    this.#disposed = true;
    this.#guard.dispose();
    this.#term.dispose();
  }

  #open(): void {
    const { container, label } = this.options;
    this.#term.open(container);
    this.#term.textarea?.setAttribute('aria-label', label);
    allowRowColours(this.#term);
    void this.#useWebgl();
  }

  /** Draws with WebGL once that is loaded, if the browser has it; rows are elements until then, and without it. */
  async #useWebgl(): Promise<void> {
    try {
      const { WebglAddon } = await import('@xterm/addon-webgl');
      if (this.#disposed) return;
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => {
        webgl.dispose();
        allowRowColours(this.#term);
        this.#useCells(false);
      });
      this.#term.loadAddon(webgl);
      this.#useCells(true);
    } catch {
      // No WebGL, or its code did not arrive: the rows stay.
      allowRowColours(this.#term);
    }
  }

  get #sizes(): (typeof sizes)[keyof typeof sizes] {
    return sizes[this.#phone ? 'phone' : 'normal'];
  }

  #useCells(webgl: boolean): void {
    this.#webgl = webgl;
    this.#spaceCells();
    this.options.events.onCells();
  }

  /** WebGL cuts the width of a cell to whole pixels, 7.8 to 7 at 13 px: one more comes closer. */
  #spaceCells(): void {
    this.#term.options.letterSpacing = this.#webgl && !this.#phone ? 1 : 0;
  }

  #onKey(event: KeyboardEvent): boolean {
    if (event.key !== 'F6' || event.ctrlKey || event.altKey || event.metaKey) return true;
    event.preventDefault();
    if (event.type === 'keydown') this.options.events.onLeave();
    return false;
  }

  #onData(data: string): void {
    const focus = isFocusReport(data);
    if (focus && this.#guard.reading()) return;
    this.options.events.onInput(data, focus || isMouseReport(data));
  }

  /** Mouse reports of the old encoding: one byte per character. */
  #onBinary(data: string): void {
    this.options.events.onInput(
      Uint8Array.from(data, (char) => char.charCodeAt(0)),
      true,
    );
  }

  #openLink(text: string): void {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url?.protocol === 'http:' || url?.protocol === 'https:') this.options.events.onLink(url.href);
  }
}

/** CAN ends a sequence that was half read, RIS resets. */
const endAndReset = new TextEncoder().encode('\u0018\u001bc');

async function fontsReady(): Promise<void> {
  const wanted = ['13px "JetBrains Mono"', '700 13px "JetBrains Mono"'];
  const loaded = Promise.all(wanted.map((font) => document.fonts.load(font)));
  const limit = new Promise((resolve) => setTimeout(resolve, FONTS_MS));
  // A font that does not arrive is no reason to show nothing.
  await Promise.race([loaded, limit]).catch(() => undefined);
}
