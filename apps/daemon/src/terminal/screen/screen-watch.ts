// Tells what a screen shows while somebody looks: at once after a silence, then a few times a second, only what changed.
import type { Cancel, Clock } from '@roundhouse/kit';
import { cleanTitle, type TerminalPreview } from '@roundhouse/protocol';
import type { Emulator } from './emulator.js';
import type { FromHost, ScreenSpec } from './messages.js';
import { screenText } from './preview.js';

/** Four a second. */
const everyMs = 250;

/** What is looked at of a screen. */
export interface Watched {
  readonly spec: Pick<ScreenSpec, 'sessionId' | 'epoch'>;
  readonly emulator: Emulator;
  readonly offset: number;
  readonly bells: number;
  preview(): TerminalPreview;
}

export interface WatchOptions {
  readonly clock: Clock;
  /** Also tell the text, for the recognition of states. */
  readonly looks: boolean;
  readonly post: (message: FromHost) => void;
}

export class ScreenWatch {
  readonly #options: WatchOptions;
  #watched = false;
  #screen: Watched | null = null;
  #lastAt = -everyMs;
  #timer: Cancel | null = null;
  #told = '';
  #looked = '';

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
    if (this.#timer || !(this.#watched || this.#options.looks)) return;
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
    const { post, looks } = this.#options;
    const { sessionId, epoch } = screen.spec;
    if (this.#watched) {
      const preview = screen.preview();
      const text = JSON.stringify(preview);
      if (text !== this.#told) post({ kind: 'preview', sessionId, preview });
      this.#told = text;
    }
    if (!looks) return;
    const title = cleanTitle(screen.emulator.title);
    const shown = { lines: screenText(screen.emulator), title, bells: screen.bells };
    const text = JSON.stringify(shown);
    if (text !== this.#looked) {
      post({ kind: 'look', look: { sessionId, epoch, offset: screen.offset, ...shown } });
    }
    this.#looked = text;
  }
}
