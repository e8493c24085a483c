// Tells what a screen shows while somebody looks: at once after a silence, then a few times a second, only what changed.
import type { Cancel, Clock } from '@roundhouse/kit';
import type { TerminalPreview } from '@roundhouse/protocol';
import type { FromHost, ScreenSpec } from './messages.js';

/** Four a second. */
const everyMs = 250;

/** What is looked at of a screen. */
export interface Watched {
  readonly spec: Pick<ScreenSpec, 'sessionId'>;
  preview(): TerminalPreview;
}

export interface WatchOptions {
  readonly clock: Clock;
  readonly post: (message: FromHost) => void;
}

export class ScreenWatch {
  readonly #options: WatchOptions;
  #watched = false;
  #screen: Watched | null = null;
  #lastAt = -everyMs;
  #timer: Cancel | null = null;
  #told = '';

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  get watched(): boolean {
    return this.#watched;
  }

  /** Whether previews are wanted; a new wish is told what there is. */
  watch(watched: boolean): void {
    if (watched && !this.#watched) this.#told = '';
    this.#watched = watched;
    if (this.#screen) this.changed(this.#screen);
  }

  changed(screen: Watched): void {
    this.#screen = screen;
    if (this.#timer || !this.#watched) return;
    const { clock } = this.#options;
    const wait = this.#lastAt + everyMs - clock.monotonic();
    // Never in the middle of drawing.
    this.#timer = clock.after(Math.max(wait, 0), () => {
      this.#timer = null;
      this.#lastAt = clock.monotonic();
      this.#tell(screen);
    });
  }

  dispose(): void {
    this.#watched = false;
    this.#screen = null;
    this.#timer?.();
    this.#timer = null;
  }

  #tell(screen: Watched): void {
    if (!this.#watched) return;
    const { sessionId } = screen.spec;
    const preview = screen.preview();
    const text = JSON.stringify(preview);
    if (text !== this.#told) this.#options.post({ kind: 'preview', sessionId, preview });
    this.#told = text;
  }
}
