// Output above what the page has: whether there may be more, and fetching it.
import { scrollbackMaxLines, snapshotScrollbackLines } from '@roundhouse/protocol';
import { ApiError } from '../../lib/api-error.js';
import { createStore } from '../../lib/store.js';
import type { TerminalStream } from './terminal-stream.js';
import type { XtermHost } from './xterm-host.js';

/** Lines that each press asks for. */
const steps = [snapshotScrollbackLines, 5000, scrollbackMaxLines] as const;

export interface Earlier {
  /** Shown: the top is in sight, and there may be more above it. */
  readonly offered: boolean;
  readonly busy: boolean;
  readonly error: ApiError | null;
}

export class EarlierOutput {
  readonly state = createStore<Earlier>({ offered: false, busy: false, error: null });
  /** Lines above the screen that the host could give, once it said so. */
  #kept: number | null = null;
  #asked: number = snapshotScrollbackLines;

  constructor(
    private readonly stream: Pick<TerminalStream, 'history' | 'stats' | 'state'>,
    private readonly host: Pick<XtermHost, 'scrolled' | 'setScrollback'>,
  ) {}

  /** What is seen, or what is there, changed. */
  look(): void {
    const offered = this.#mayBeMore();
    const state = this.state.get();
    if (offered !== state.offered) this.state.set({ ...state, offered });
  }

  async load(): Promise<void> {
    const { lines } = this.host.scrolled;
    const next = steps.find((step) => step > lines && step > this.#asked) ?? scrollbackMaxLines;
    this.state.set({ offered: true, busy: true, error: null });
    try {
      // The screen comes on top of the lines, and more output soon after it.
      this.host.setScrollback(next + steps[0]);
      this.#asked = next;
      const { kept } = await this.stream.history(next);
      this.#kept = kept;
      this.state.set({ offered: this.#mayBeMore(), busy: false, error: null });
    } catch (cause) {
      const error = cause instanceof ApiError ? cause : new ApiError('INTERNAL', { message: String(cause) });
      this.state.set({ offered: true, busy: false, error });
    }
  }

  #mayBeMore(): boolean {
    const { atTop, lines, full } = this.host.scrolled;
    if (!atTop || lines >= scrollbackMaxLines || this.#asked >= scrollbackMaxLines) return false;
    if (this.stream.state.get().phase !== 'live') return false;
    if (this.#kept !== null) return lines < this.#kept;
    // A screen that came with fewer lines than were asked for was all; without any, every byte was drawn here.
    return full || (this.stream.stats().snapshots > 0 && lines >= steps[0] * 0.9);
  }
}
