// The emulator: the one place that knows xterm.js. A chunk of its own, loaded with the first terminal.
import { FitAddon } from '@xterm/addon-fit';
import type { SearchAddon } from '@xterm/addon-search';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { digestRow, printerOf, printSteadily, terminalLimits } from '@roundhouse/protocol';
import { concatBytes } from './bytes.js';
import { ownKey, type OwnKey } from './own-keys.js';
import { isFocusReport, isMouseReport, swallowQueries, type ParserHooks } from './queries.js';
import { Renderer, type RendererKind } from './renderer.js';
import type { Grid } from './self-test.js';
import { SmallType } from './small-type.js';
import { terminalFont, type TerminalTheme } from './terminal-theme.js';
import type { Sink } from './write-queue.js';

/** Longest wait for the fonts before the first measuring. */
const FONTS_MS = 1500;
/** Cells are measured in whole pixels: this gives 13/18 and 12/17. */
const LINE_HEIGHT = 1.07;
/** Width of a cell of the terminal's font, in its size. */
const CELL_WIDTH = 0.6;

export interface XtermHostOptions {
  readonly container: HTMLElement;
  readonly theme: TerminalTheme;
  readonly fontSize: number;
  /** Lines that can be scrolled back to; 5,000 are some 10 MB at most. */
  readonly scrollback: number;
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
  onBell: () => void;
  /** What is seen of the scrollback changed. */
  onScroll: () => void;
  /** Larger or smaller type was asked for; null for the usual size. */
  onZoom: (step: number | null) => void;
  /** The keys for copying were pressed, with something selected. */
  onCopy: () => void;
  /** Hooks that are asked before the emulator's own. */
  listen: (parser: ParserHooks) => { dispose(): void };
}

export interface Scrolled {
  /** Lines above the screen. */
  readonly lines: number;
  /** The first of them is seen. */
  readonly atTop: boolean;
  /** It holds no more: older lines are dropped. */
  readonly full: boolean;
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
  readonly #renderer: Renderer;
  readonly #small: SmallType;
  readonly #hooks;
  readonly #ownActions: Readonly<Record<OwnKey, () => void>>;
  #disposed = false;
  #fontSize: number;

  private constructor(private readonly options: XtermHostOptions) {
    const { theme, fontSize, scrollback, screenReader, events } = options;
    this.#fontSize = fontSize;
    this.#term = new Terminal({
      allowProposedApi: true,
      cursorBlink: false,
      cursorInactiveStyle: 'outline',
      fontFamily: terminalFont(),
      fontSize,
      fontWeightBold: '700',
      lineHeight: LINE_HEIGHT,
      linkHandler: { activate: (_, url) => this.#openLink(url), allowNonHttpProtocols: false },
      logLevel: 'off',
      macOptionIsMeta: true,
      minimumContrastRatio: 4.5,
      rightClickSelectsWord: false,
      screenReaderMode: screenReader,
      scrollback,
      theme,
    });
    this.#ownActions = {
      leave: events.onLeave,
      larger: () => events.onZoom(1),
      smaller: () => events.onZoom(-1),
      usual: () => events.onZoom(null),
      copy: events.onCopy,
    };
    const printer = printerOf(this.#term);
    if (printer) printSteadily(printer, () => this.#term.modes.wraparoundMode);
    this.#guard = swallowQueries(this.#term.parser);
    this.#hooks = events.listen(this.#term.parser);
    this.#term.loadAddon(this.#fit);
    this.#term.loadAddon(new UnicodeGraphemesAddon());
    this.#term.loadAddon(new WebLinksAddon((_, url) => this.#openLink(url)));
    this.#small = new SmallType({
      term: this.#term,
      container: options.container,
      setSize: (size) => this.#setSize(size),
    });
    this.#renderer = new Renderer(this.#term, () => {
      this.#setSize(this.#term.options.fontSize ?? this.#fontSize);
      events.onCells();
    });
    this.#term.onBell(() => events.onBell());
    this.#term.onScroll(() => events.onScroll());
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

  /** Small type, for a view that does not decide the size. */
  letterbox(smallest?: number): void {
    this.#small.fit(this.#fontSize, smallest);
  }

  /** The usual type again. */
  endLetterbox(): void {
    this.#small.end(this.#fontSize);
  }

  focus(): void {
    this.#term.focus();
  }

  /** Whether the program asked for bracketed paste, and for application cursor keys. */
  get modes(): { bracketedPaste: boolean; applicationCursor: boolean } {
    const { bracketedPasteMode, applicationCursorKeysMode } = this.#term.modes;
    return { bracketedPaste: bracketedPasteMode, applicationCursor: applicationCursorKeysMode };
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

  /** What is seen now, as text. */
  screenText(): string {
    const { active } = this.#term.buffer;
    return Array.from(
      { length: this.#term.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
    )
      .join('\n')
      .trimEnd();
  }

  selectAll(): void {
    this.#term.selectAll();
  }

  setTheme(theme: TerminalTheme): void {
    this.#term.options.theme = theme;
  }

  setScreenReader(on: boolean): void {
    this.#term.options.screenReaderMode = on;
  }

  get fontSize(): number {
    return this.#fontSize;
  }

  setFontSize(fontSize: number): void {
    this.#fontSize = fontSize;
    this.#setSize(fontSize);
  }

  /** Lines that can be scrolled back to; fewer are only kept from the next line on. */
  setScrollback(lines: number): void {
    this.#term.options.scrollback = lines;
  }

  get scrolled(): Scrolled {
    const { type, baseY, viewportY } = this.#term.buffer.active;
    const atTop = type === 'normal' && viewportY === 0 && baseY > 0;
    return { lines: baseY, atTop, full: baseY >= (this.#term.options.scrollback ?? 0) };
  }

  /** Scrolls lines, as a wheel does: a program that takes the whole screen gets keys or mouse reports instead. */
  scrollLines(lines: number, at: { clientX: number; clientY: number }): void {
    const { active } = this.#term.buffer;
    if (active.type === 'normal' && this.#term.modes.mouseTrackingMode === 'none')
      return this.#term.scrollLines(lines);
    // A line at a time, for it sends one report or key for each event.
    for (let line = 0; line < Math.abs(lines); line += 1)
      this.#term.element?.dispatchEvent(
        new WheelEvent('wheel', {
          ...at,
          deltaY: Math.sign(lines),
          deltaMode: WheelEvent.DOM_DELTA_LINE,
          bubbles: true,
          cancelable: true,
        }),
      );
  }

  /** Height of a line in pixels. */
  get lineHeight(): number {
    const screen = this.#term.element?.querySelector('.xterm-screen');
    return screen ? screen.clientHeight / this.#term.rows : 0;
  }

  setVisible(visible: boolean): void {
    this.#renderer.setVisible(visible);
  }

  get renderer(): RendererKind {
    return this.#renderer.kind;
  }

  /** What it shows, to compare with the host's. */
  grid(): Grid {
    const { cols, rows } = this.#term;
    const { active } = this.#term.buffer;
    return {
      cols,
      rows,
      cursorX: active.cursorX,
      cursorY: active.cursorY,
      alternate: active.type === 'alternate',
      digests: Array.from({ length: rows }, (_, row) => digestRow(active.getLine(active.baseY + row), cols)),
    };
  }

  dispose(): void {
    this.#disposed = true;
    this.#hooks.dispose();
    this.#guard.dispose();
    this.#small.dispose();
    this.#renderer.dispose();
    this.#term.dispose();
  }

  #open(): void {
    const { container, label } = this.options;
    this.#term.open(container);
    this.#term.textarea?.setAttribute('aria-label', label);
    this.#renderer.opened();
  }

  /** WebGL cuts the width of a cell to whole pixels, 7.8 to 7 at 13 px: where one more comes closer, it gets that. */
  #setSize(fontSize: number): void {
    const width = fontSize * CELL_WIDTH * window.devicePixelRatio;
    const cut = this.#renderer.kind === 'webgl' && width - Math.floor(width) >= 0.5;
    Object.assign(this.#term.options, { fontSize, letterSpacing: cut ? 1 : 0 });
  }

  #onKey(event: KeyboardEvent): boolean {
    const own = ownKey(event, this.#term.hasSelection());
    if (!own) return true;
    event.preventDefault();
    if (event.type === 'keydown') this.#ownActions[own]();
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
