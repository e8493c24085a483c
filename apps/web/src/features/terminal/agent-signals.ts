// What the agent says beside its output, as the page shows it: title, clipboard offer, notification, bell. Only what
// happens now counts, and only so often; nothing here reaches a clipboard, a tab or a loudspeaker by itself.
import { cleanTitle } from '@roundhouse/protocol';
import { createStore } from '../../lib/store.js';
import { clipboardText, notificationOf777, notificationOf9, notificationOf99 } from './output-words.js';
import type { ParserHooks } from './queries.js';
import { RateCap } from './rate-cap.js';

/** A spinner in a title changes ten times a second; a heading need not. */
const TITLE_EVERY_MS = 500;
const MINUTE_MS = 60_000;
/** Offers in a minute; an agent that copies more often than that is not talking to a person. */
const CLIPBOARD_PER_MINUTE = 6;
const NOTIFICATIONS_PER_MINUTE = 6;
const BELL_EVERY_MS = 1000;

export interface ClipboardOffer {
  readonly text: string;
  readonly bytes: number;
}

export interface AgentSignalsOptions {
  /** What is read now happens now. */
  readonly isLive: () => boolean;
  readonly now: () => number;
}

export class AgentSignals {
  readonly title = createStore<string | null>(null);
  readonly clipboard = createStore<ClipboardOffer | null>(null);
  readonly notification = createStore<string | null>(null);
  /** Number of bells so far. */
  readonly bells = createStore(0);
  readonly #offers = new RateCap(CLIPBOARD_PER_MINUTE, MINUTE_MS);
  readonly #notes = new RateCap(NOTIFICATIONS_PER_MINUTE, MINUTE_MS);
  readonly #rings = new RateCap(1, BELL_EVERY_MS);
  #titleTimer: ReturnType<typeof setTimeout> | null = null;
  #titled: string | null = null;

  constructor(private readonly options: AgentSignalsOptions) {}

  /** Hooks into the emulator's parser; call after every other hook, so that these are asked first. */
  listen(parser: Pick<ParserHooks, 'registerOscHandler'>): { dispose(): void } {
    const note = (read: (data: string) => string | null) => (data: string) => this.#note(read(data));
    const hooks = [
      parser.registerOscHandler(0, (data) => this.#title(data)),
      parser.registerOscHandler(2, (data) => this.#title(data)),
      parser.registerOscHandler(52, (data) => this.#offer(data)),
      parser.registerOscHandler(9, note(notificationOf9)),
      parser.registerOscHandler(777, note(notificationOf777)),
      parser.registerOscHandler(99, note(notificationOf99)),
    ];
    return {
      dispose: () => {
        for (const hook of hooks) hook.dispose();
        if (this.#titleTimer !== null) clearTimeout(this.#titleTimer);
      },
    };
  }

  bell(): void {
    if (this.options.isLive() && this.#rings.allow(this.options.now())) this.bells.set(this.bells.get() + 1);
  }

  /** A title is part of the screen: it counts whenever it was set. */
  #title(data: string): boolean {
    this.#titled = cleanTitle(data);
    this.#titleTimer ??= setTimeout(() => {
      this.#titleTimer = null;
      this.title.set(this.#titled);
    }, TITLE_EVERY_MS);
    return true;
  }

  #offer(data: string): boolean {
    const text = clipboardText(data);
    if (text !== null && this.options.isLive() && this.#offers.allow(this.options.now()))
      this.clipboard.set({ text, bytes: new TextEncoder().encode(text).byteLength });
    return true;
  }

  #note(text: string | null): boolean {
    if (text !== null && this.options.isLive() && this.#notes.allow(this.options.now()))
      this.notification.set(text);
    return true;
  }
}
