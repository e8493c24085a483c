// The last lines of the sessions whose cards are in view now. One for the page: it tells the hub which sessions those
// are, and keeps what arrives in a store for each session, so that a change draws one card and nothing else.
import { previewSessionsMax, type SessionId, type TerminalPreview } from '@roundhouse/protocol';
import type { Connection } from '../connection.js';
import { createStore, type Store } from '../store.js';
import type { UiLink } from '../ui-link.js';

/** Changes of the list within this many ms go out as one: a scroll moves many cards. */
const GATHER_MS = 100;
/** Pause before asking again after a refusal, so that a hub in trouble is not asked in a tight loop. */
const RETRY_MS = 5000;
/** After the hub has the list, a session that printed anything shows it within this many ms. */
const FIRST_MS = 1500;
/** Sessions whose last lines stay in memory when their card is gone: a long fleet, some MB at most. */
const KEPT_MAX = 500;

export interface PreviewState {
  /** Null while nothing is known. */
  readonly preview: TerminalPreview | null;
  /** Something may still come at once; false when there seems to be nothing. */
  readonly waiting: boolean;
}

const nothing: PreviewState = { preview: null, waiting: true };

export interface PreviewWatchOptions {
  readonly link: Pick<UiLink, 'request' | 'on'>;
  readonly connection: Store<Connection>;
  readonly page: PageVisibility;
  readonly nextFrame: (run: () => void) => void;
}

export interface PageVisibility {
  readonly hidden: () => boolean;
  readonly onChange: (tell: () => void) => void;
}

export class PreviewWatch {
  readonly #stores = new Map<SessionId, Store<PreviewState>>();
  /** Sessions whose lines are in memory, those that changed last at the end. */
  readonly #kept = new Set<SessionId>();
  /** How many cards of a session are in view. */
  readonly #shown = new Map<SessionId, number>();
  readonly #arrived = new Map<SessionId, TerminalPreview>();
  #generation = 0;
  /** What the hub of this connection has, as text. */
  #told = '';
  #gather: ReturnType<typeof setTimeout> | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #first: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly options: PreviewWatchOptions) {
    const { link, connection, page } = options;
    link.on('session.preview', ({ sessionId, ...preview }) => this.#onPreview(sessionId, preview));
    connection.subscribe(() => this.#onConnection());
    // At once: timers of a hidden page are slow.
    page.onChange(() => this.#tell());
    this.#onConnection();
  }

  of(id: SessionId): Store<PreviewState> {
    const known = this.#stores.get(id);
    if (known) return known;
    const store = createStore(nothing);
    this.#stores.set(id, store);
    return store;
  }

  /** A card of the session came into view; returns the end of that. */
  show(id: SessionId): () => void {
    this.#shown.set(id, (this.#shown.get(id) ?? 0) + 1);
    this.#tellSoon();
    return () => {
      const left = (this.#shown.get(id) ?? 1) - 1;
      if (left > 0) this.#shown.set(id, left);
      else this.#shown.delete(id);
      this.#tellSoon();
    };
  }

  #onConnection(): void {
    const now = this.options.connection.get();
    if (now.phase !== 'live' || now.generation === this.#generation) return;
    this.#generation = now.generation;
    this.#told = '';
    this.#tell();
  }

  #tellSoon(): void {
    this.#gather ??= setTimeout(() => this.#tell(), GATHER_MS);
  }

  #tell(): void {
    if (this.#gather !== null) clearTimeout(this.#gather);
    this.#gather = null;
    if (this.options.connection.get().phase !== 'live') return;
    const ids = this.options.page.hidden() ? [] : [...this.#shown.keys()].slice(0, previewSessionsMax);
    const text = ids.toSorted().join();
    if (text === this.#told) return;
    this.#told = text;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.options.link.request('preview.watch', { sessionIds: ids }).then(
      () => this.#onTold(text, ids),
      () => this.#onRefused(text),
    );
  }

  #onTold(text: string, ids: readonly SessionId[]): void {
    if (this.#told !== text) return;
    if (this.#first !== null) clearTimeout(this.#first);
    this.#first = setTimeout(() => {
      for (const id of ids) this.#patch(id, { waiting: false });
    }, FIRST_MS);
  }

  #onRefused(text: string): void {
    if (this.#told !== text) return;
    // Without a connection the next one tells it anew.
    this.#told = '?';
    this.#retry = setTimeout(() => this.#tell(), RETRY_MS);
  }

  #onPreview(id: SessionId, preview: TerminalPreview): void {
    const known = this.#arrived.get(id) ?? this.#stores.get(id)?.get().preview;
    if (known && known.epoch > preview.epoch) return;
    const first = this.#arrived.size === 0;
    this.#arrived.set(id, preview);
    if (first) this.options.nextFrame(() => this.#flush());
  }

  /** Many cards change within a frame; they are drawn together. */
  #flush(): void {
    const arrived = [...this.#arrived];
    this.#arrived.clear();
    for (const [id, preview] of arrived) {
      this.#patch(id, { preview, waiting: false });
      this.#kept.delete(id);
      this.#kept.add(id);
    }
    this.#forget();
  }

  #patch(id: SessionId, change: Partial<PreviewState>): void {
    const store = this.of(id);
    const now = store.get();
    const next = { ...now, ...change };
    if (next.preview !== now.preview || next.waiting !== now.waiting) store.set(next);
  }

  #forget(): void {
    for (const id of this.#kept) {
      if (this.#kept.size <= KEPT_MAX) return;
      if (this.#shown.has(id)) continue;
      this.#kept.delete(id);
      this.#stores.get(id)?.set(nothing);
    }
  }
}
