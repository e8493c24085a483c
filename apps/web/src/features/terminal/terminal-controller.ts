// One terminal on the page: joins the emulator with its stream, and decides what counts as input and as size.
import { hasEnded, type SessionId, type SessionState } from '@roundhouse/protocol';
import type { Connection } from '../../lib/connection.js';
import { createStore, type Store } from '../../lib/store.js';
import { AgentSignals } from './agent-signals.js';
import { EarlierOutput } from './earlier-output.js';
import { cleanPaste, needsWarning, pasteBytes, type CleanPaste } from './paste.js';
import { keySequence, noSticky, release, withModifiers, type PhoneKey, type Sticky } from './phone-keys.js';
import { watchSeen } from './seen.js';
import { changeFontSize, type TerminalThemeName } from './terminal-settings.js';
import { terminalTheme } from './terminal-theme.js';
import type { TerminalState } from './terminal-state.js';
import { TerminalStream, type TerminalLink } from './terminal-stream.js';
import { filesOf, Uploads } from './uploads.js';
import { handheldQuery, phoneQuery } from './use-media.js';
import type { XtermHost, XtermHostOptions } from './xterm-host.js';

/** Dragging an edge makes many sizes; the agent redraws for each that it is told. */
const RESIZE_DEBOUNCE_MS = 120;
/** Type of a view that does not set the size gets no smaller than this; what does not fit is scrolled to. */
const OBSERVER_SMALLEST_PX = 8;

/** Something that a person must answer first. */
export type Ask = { kind: 'paste'; paste: CleanPaste } | { kind: 'link'; url: string } | null;

export interface TerminalControllerOptions {
  readonly sessionId: SessionId;
  readonly link: TerminalLink;
  readonly connection: Store<Connection>;
  readonly host: XtermHostOptions['container'];
  readonly openHost: (events: XtermHostOptions['events']) => Promise<XtermHost>;
  readonly onLeave: () => void;
  readonly onCopy: () => void;
  /** One of several on a page: it sets no size before somebody has typed into it, and shows the whole grid. */
  readonly tile?: boolean;
}

interface Parts {
  readonly host: XtermHost;
  readonly stream: TerminalStream;
  readonly signals: AgentSignals;
  readonly container: HTMLElement;
  readonly uploads: Uploads;
  readonly tile: boolean;
}

export class TerminalController {
  readonly ask = createStore<Ask>(null);
  readonly sticky = createStore<Sticky>(noSticky);
  readonly selected = createStore(false);
  readonly host: XtermHost;
  readonly stream: TerminalStream;
  readonly signals: AgentSignals;
  readonly uploads: Uploads;
  readonly earlier: EarlierOutput;
  readonly #tile: boolean;
  readonly #container: HTMLElement;
  readonly #ends: (() => void)[] = [];
  #fitTimer: ReturnType<typeof setTimeout> | null = null;
  /** The size that was asked for last, so that a refusal is not asked again for ever. */
  #asked = '';
  #before: TerminalState;
  #ended = false;
  /** Somebody typed here since this view got control. */
  #typed = false;
  #seen = true;
  #disposed = false;

  private constructor({ host, stream, signals, uploads, container, tile }: Parts) {
    this.host = host;
    this.stream = stream;
    this.signals = signals;
    this.uploads = uploads;
    this.#tile = tile;
    this.#container = container;
    this.earlier = new EarlierOutput(stream, host);
    this.#before = stream.state.get();
    const observer = new ResizeObserver(() => this.#fitSoon());
    observer.observe(container);
    this.#ends.push(
      () => observer.disconnect(),
      stream.state.subscribe(() => this.#onState()),
      watchSeen(container, (seen) => this.#onSeen(seen)),
    );
    void markDrawn(stream);
    void this.#touch(container);
    this.#listen(container, 'paste', (event) => this.#onPaste(event));
    this.#listen(container, 'dragover', (event) => event.preventDefault());
    this.#listen(container, 'drop', (event) => this.#onDrop(event));
    this.#listen(container, 'focusin', () => this.#refit());
  }

  static async open(options: TerminalControllerOptions): Promise<TerminalController> {
    const { sessionId, link, connection, tile = false } = options;
    let self: TerminalController | null = null;
    let live: TerminalStream | null = null;
    const signals = new AgentSignals({ isLive: () => live?.isLive ?? false, now: () => Date.now() });
    const host = await options.openHost({
      onInput: (data, report) => self?.input(data, report),
      onLink: (url) => self?.ask.set({ kind: 'link', url }),
      onLeave: options.onLeave,
      onCopy: options.onCopy,
      onSelection: (has) => self?.selected.set(has),
      onCells: () => self?.relayout(),
      onBell: () => signals.bell(),
      onScroll: () => self?.earlier.look(),
      onZoom: (step) => self && changeFontSize(self.host.fontSize, step),
      listen: (parser) => signals.listen(parser),
    });
    const stream = new TerminalStream({
      sessionId,
      link,
      connection,
      sink: host,
      now: () => performance.now(),
    });
    live = stream;
    const uploads = new Uploads({ sessionId, link, type: (text) => self?.paste(text) ?? false });
    self = new TerminalController({ host, stream, signals, uploads, container: options.host, tile });
    return self;
  }

  /** `report`: made by the emulator of a mouse or focus event; it must not take control, nor count as typing. */
  input(data: string | Uint8Array, report = false): void {
    const { controls, phase } = this.stream.state.get();
    if (report) {
      if (controls && phase === 'live') this.stream.type(data);
      return;
    }
    const sticky = this.sticky.get();
    this.#claim();
    this.stream.type(typeof data === 'string' ? withModifiers(data, sticky) : data);
    this.sticky.set(release(sticky));
  }

  press(key: PhoneKey): void {
    const sticky = this.sticky.get();
    this.#claim();
    this.stream.type(keySequence(key, sticky, this.host.modes.applicationCursor));
    this.sticky.set(release(sticky));
  }

  /** Pastes, or asks first when the lines would run as they arrive. */
  offerPaste(raw: string): void {
    const paste = cleanPaste(raw);
    if (paste.text === '') return;
    if (needsWarning(paste, this.host.modes.bracketedPaste)) this.ask.set({ kind: 'paste', paste });
    else this.paste(paste.text);
  }

  /** `text` must be clean: see paste.ts. False when it is not sent. */
  paste(text: string): boolean {
    this.#claim();
    return this.stream.paste(pasteBytes(text, this.host.modes.bracketedPaste));
  }

  /** The page, or this terminal, has other colours. */
  setTheme(name: TerminalThemeName): void {
    this.#container.dataset['terminalTheme'] = name;
    this.host.setTheme(terminalTheme(this.#container));
  }

  /** The session or its host changed. */
  sessionChanged(state: SessionState): void {
    this.#asked = '';
    this.#ended = hasEnded(state);
    this.stream.sessionChanged(state);
    this.#fitSoon();
  }

  /** The cells have another size now. */
  relayout(): void {
    this.#fitSoon();
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#fitTimer !== null) clearTimeout(this.#fitTimer);
    for (const end of this.#ends) end();
    this.uploads.cancel();
    this.stream.close();
    this.host.dispose();
  }

  /** Loads what fingers need where there may be any. */
  async #touch(container: HTMLElement): Promise<void> {
    if (!matchMedia('(any-pointer: coarse)').matches) return;
    const { listenToTouch } = await import('./touch.js').catch(() => ({ listenToTouch: null }));
    if (!listenToTouch || this.#disposed) return;
    this.#ends.push(listenToTouch(container, this.host, (step) => changeFontSize(this.host.fontSize, step)));
  }

  #listen<K extends 'paste' | 'dragover' | 'drop' | 'focusin'>(
    element: HTMLElement,
    event: K,
    handle: (event: HTMLElementEventMap[K]) => void,
  ): void {
    element.addEventListener(event, handle, { capture: true });
    this.#ends.push(() => element.removeEventListener(event, handle, { capture: true }));
  }

  #onPaste(event: ClipboardEvent): void {
    event.preventDefault();
    event.stopPropagation();
    const files = filesOf(event.clipboardData);
    if (files.length > 0) void this.uploads.send(files);
    else this.offerPaste(event.clipboardData?.getData('text/plain') ?? '');
  }

  #onDrop(event: DragEvent): void {
    event.preventDefault();
    const files = filesOf(event.dataTransfer);
    if (files.length > 0) void this.uploads.send(files);
    else this.offerPaste(event.dataTransfer?.getData('text/plain') ?? '');
    this.host.focus();
  }

  #onSeen(seen: boolean): void {
    this.#seen = seen;
    this.host.setVisible(seen);
    if (seen) this.#refit();
  }

  /** Looks again whether the size fits, also one that was refused before. */
  #refit(): void {
    this.#asked = '';
    this.#fitSoon();
  }

  #onState(): void {
    const now = this.stream.state.get();
    const before = this.#before;
    this.#before = now;
    if (before.controls && !now.controls) this.#typed = false;
    const alone = (state: typeof now): boolean => state.viewers.length <= 1;
    const isOther =
      now.controls !== before.controls || now.phase !== before.phase || now.epoch !== before.epoch;
    if (isOther || alone(now) !== alone(before)) this.#refit();
    this.earlier.look();
  }

  #claim(): void {
    if (!this.#tile || this.#typed) return;
    this.#typed = true;
    this.#fitSoon();
  }

  #fitSoon(): void {
    if (this.#fitTimer !== null) clearTimeout(this.#fitTimer);
    this.#fitTimer = setTimeout(() => this.#fit(), RESIZE_DEBOUNCE_MS);
  }

  #fit(): void {
    // Unseen it has no size that counts.
    if (!this.#seen) return;
    const { cols, rows, controls, viewers } = this.stream.state.get();
    const phone = matchMedia(phoneQuery).matches;
    // A phone types at the size that the others have; alone it has its own.
    const mayDecide = matchMedia(handheldQuery).matches ? viewers.length <= 1 : !this.#tile || this.#typed;
    const decides = controls && !this.#ended && mayDecide;
    const small = this.#tile && !phone;
    if (!decides) return this.host.letterbox(small ? undefined : OBSERVER_SMALLEST_PX);
    this.host.endLetterbox();
    const size = this.host.proposed();
    if (!size || (size.cols === cols && size.rows === rows)) return;
    const wish = `${size.cols}x${size.rows}`;
    if (wish === this.#asked) return;
    this.#asked = wish;
    this.stream.resize(size.cols, size.rows);
  }
}

/** Longest history that is waited for. */
const DRAWN_WAIT_MS = 60_000;

/** Leaves a mark in the page's own timeline: all that was there at the attach is parsed. */
async function markDrawn(stream: TerminalStream): Promise<void> {
  const drawn = (): boolean => {
    const { phase, awaiting } = stream.state.get();
    const { parsed, head } = stream.stats();
    return phase === 'live' && !awaiting && parsed >= head;
  };
  await stream.until(drawn, DRAWN_WAIT_MS).then(
    () => performance.mark('terminal-drawn'),
    () => undefined,
  );
}
