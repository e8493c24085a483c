// One terminal on the page: joins the emulator with its stream, and decides what counts as input and as size.
import { hasEnded, type SessionId, type SessionState } from '@roundhouse/protocol';
import type { Connection } from '../../lib/connection.js';
import { createStore, type Store } from '../../lib/store.js';
import { cleanPaste, needsWarning, type CleanPaste } from './paste.js';
import { keySequence, noSticky, release, withModifiers, type PhoneKey, type Sticky } from './phone-keys.js';
import type { TerminalState } from './terminal-state.js';
import { TerminalStream, type TerminalLink } from './terminal-stream.js';
import type { XtermHost, XtermHostOptions } from './xterm-host.js';

/** Dragging an edge makes many sizes; the agent redraws for each that it is told. */
const RESIZE_DEBOUNCE_MS = 120;

/** Something that a person must answer first. */
export type Ask = { kind: 'paste'; paste: CleanPaste } | { kind: 'link'; url: string } | null;

export interface TerminalControllerOptions {
  readonly sessionId: SessionId;
  readonly link: TerminalLink;
  readonly connection: Store<Connection>;
  readonly host: XtermHostOptions['container'];
  readonly openHost: (events: XtermHostOptions['events']) => Promise<XtermHost>;
  readonly onLeave: () => void;
  /** One of several on a page: it sets no size before somebody has typed into it, and shows the whole grid. */
  readonly tile?: boolean;
}

export class TerminalController {
  readonly ask = createStore<Ask>(null);
  readonly sticky = createStore<Sticky>(noSticky);
  readonly selected = createStore(false);
  readonly #ends: (() => void)[] = [];
  #fitTimer: ReturnType<typeof setTimeout> | null = null;
  /** The size that was asked for last, so that a refusal is not asked again for ever. */
  #asked = '';
  #before: TerminalState;
  #ended = false;
  /** Somebody typed here since this view got control. */
  #typed = false;

  private constructor(
    readonly host: XtermHost,
    readonly stream: TerminalStream,
    container: HTMLElement,
    private readonly tile: boolean,
  ) {
    this.#before = stream.state.get();
    const observer = new ResizeObserver(() => this.#fitSoon());
    observer.observe(container);
    const onPaste = (event: ClipboardEvent): void => this.#onPaste(event);
    container.addEventListener('paste', onPaste, { capture: true });
    this.#ends.push(
      () => observer.disconnect(),
      () => container.removeEventListener('paste', onPaste, { capture: true }),
      stream.state.subscribe(() => this.#onState()),
    );
  }

  static async open(options: TerminalControllerOptions): Promise<TerminalController> {
    const { sessionId, link, connection } = options;
    let self: TerminalController | null = null;
    const host = await options.openHost({
      onInput: (data, report) => self?.input(data, report),
      onLink: (url) => self?.ask.set({ kind: 'link', url }),
      onLeave: options.onLeave,
      onSelection: (has) => self?.selected.set(has),
      onCells: () => self?.relayout(),
    });
    const stream = new TerminalStream({
      sessionId,
      link,
      connection,
      sink: host,
      nextFrame,
      now: () => performance.now(),
    });
    self = new TerminalController(host, stream, options.host, options.tile ?? false);
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
    else this.host.paste(paste.text);
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
    if (this.#fitTimer !== null) clearTimeout(this.#fitTimer);
    for (const end of this.#ends) end();
    this.stream.close();
    this.host.dispose();
  }

  #onPaste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    event.preventDefault();
    event.stopPropagation();
    this.offerPaste(text);
  }

  #onState(): void {
    const now = this.stream.state.get();
    const before = this.#before;
    this.#before = now;
    if (before.controls && !now.controls) this.#typed = false;
    if (now.controls !== before.controls || now.phase !== before.phase || now.epoch !== before.epoch) {
      this.#asked = '';
      this.#fitSoon();
    }
  }

  #claim(): void {
    if (!this.tile || this.#typed) return;
    this.#typed = true;
    this.#fitSoon();
  }

  #fitSoon(): void {
    if (this.#fitTimer !== null) clearTimeout(this.#fitTimer);
    this.#fitTimer = setTimeout(() => this.#fit(), RESIZE_DEBOUNCE_MS);
  }

  #fit(): void {
    const { cols, rows, controls } = this.stream.state.get();
    if (this.tile) {
      if (!controls || !this.#typed || this.#ended) return this.host.letterbox();
      this.host.endLetterbox();
    }
    const size = this.host.proposed();
    if (!size || !controls || this.#ended || (size.cols === cols && size.rows === rows)) return;
    const wish = `${size.cols}x${size.rows}`;
    if (wish === this.#asked) return;
    this.#asked = wish;
    this.stream.resize(size.cols, size.rows);
  }
}

/** Frames stop in a hidden page; output must not, or the host would wait for it. */
function nextFrame(run: () => void): void {
  if (document.hidden) setTimeout(run, 50);
  else requestAnimationFrame(run);
}
