// Many screens in one thread, and what the daemon asks of them.
import type { Clock } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { isCheckpointDue } from './checkpoint.js';
import { DrawPace } from './draw-pace.js';
import type { Answers, FromHost, Question, ScreenSpec, ToHost } from './messages.js';
import { screenKey } from './messages.js';
import { Screen } from './screen.js';
import { PatternGuard } from './pattern-guard.js';
import { ScreenSignals } from './screen-signals.js';
import { ScreenWatch } from './screen-watch.js';
import { SignalPace } from './signal-pace.js';
import type { SignalRules } from './signal-rules.js';
import { Turns } from './turns.js';
import { waitUntilDrawn } from './wait-drawn.js';

/** An ended screen that nobody asked about for this long is dropped; its checkpoint brings it back. */
const idleMs = 10_000;
/** How long a digest waits for the bytes that it should show. */
const gridWaitMs = 3_000;

export interface HostOptions {
  readonly clock: Clock;
  /** Lines kept above each screen. */
  readonly scrollback: number;
  /** Grows with each key that is typed on this host. */
  readonly keys: Int32Array;
  readonly post: (message: FromHost, transfer?: ArrayBuffer[]) => void;
}

interface Held {
  readonly screen: Promise<Screen>;
  readonly watch: ScreenWatch;
  readonly signals: ScreenSignals;
  /** Bytes drawn since the last checkpoint. */
  unsaved: number;
  savedAt: number;
  saving: boolean;
  /** When an ended screen may go. */
  idleSince: number | null;
}

export class ScreenHost {
  readonly #options: HostOptions;
  readonly #turns = new Turns();
  readonly #pace: DrawPace;
  readonly #held = new Map<string, Held>();
  readonly #guard: PatternGuard;
  readonly #looks: SignalPace;
  readonly #stopSweep: () => void;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#pace = new DrawPace(options.keys, options.clock);
    this.#guard = new PatternGuard({
      onSlow: (pattern) => {
        options.post({
          kind: 'log',
          key: 'all',
          message: `a pattern takes too long and is left out: ${pattern}`,
        });
      },
    });
    this.#looks = new SignalPace(options.clock, this.#guard);
    this.#stopSweep = options.clock.every(1_000, () => {
      this.#sweep();
    });
  }

  /** Never throws: what goes wrong is told. */
  handle(message: ToHost): void {
    if (message.kind === 'open') this.#open(message.spec).watch.watch(message.watched);
    else if (message.kind === 'watch') this.#held.get(message.key)?.watch.watch(message.watched);
    else if (message.kind === 'recognise') this.#recognise(message.key, message.rules);
    else if (message.kind === 'ask') this.#reply(message.id, this.#ask(message.spec, message.question));
    else if (message.kind === 'close') this.#reply(message.id, this.#close(message.key));
    else this.#reply(message.id, this.#saveAll());
  }

  async dispose(): Promise<void> {
    this.#stopSweep();
    this.#looks.dispose();
    await Promise.all([...this.#held.keys()].map((key) => this.#close(key)));
  }

  #open(spec: ScreenSpec): Held {
    const key = screenKey(spec);
    const before = this.#held.get(key);
    if (before) return before;
    const { clock, scrollback, post } = this.#options;
    const watch = new ScreenWatch({ clock, post });
    const signals = this.#signalsOf(spec);
    const log = (message: string): void => {
      post({ kind: 'log', key, message });
    };
    const { sessionId, epoch } = spec;
    const screen = Screen.open({
      ...{ spec, clock, scrollback, turns: this.#turns, pace: this.#pace, onFault: log },
      onAnswer: (text) => {
        post({ kind: 'type', sessionId, epoch, text });
      },
      onTitle: (title) => {
        signals.titled(title);
      },
      onOsc: (code, payload) => {
        signals.said(code, payload);
      },
      onDrawn: (drawn, bytes) => {
        held.unsaved += bytes;
        watch.changed(drawn);
        if (signals.wanted) this.#looks.changed(signals, drawn);
      },
      onEnd: (ended) => {
        watch.changed(ended);
        this.#final(key, held, ended);
      },
    });
    const held: Held = {
      ...{ screen, watch, signals, unsaved: 0, savedAt: clock.monotonic(), saving: false, idleSince: null },
    };
    this.#held.set(key, held);
    screen.then(
      (opened) => {
        watch.changed(opened);
        this.#attend(held, opened);
        if (opened.ended) held.idleSince = clock.monotonic();
        if (opened.ended && spec.live) post({ kind: 'final', key });
      },
      (error: unknown) => {
        log(`the screen could not be opened: ${String(error)}`);
        this.#held.delete(key);
      },
    );
    return held;
  }

  #signalsOf({ sessionId, epoch }: ScreenSpec): ScreenSignals {
    const { clock, post } = this.#options;
    return new ScreenSignals({
      ...{ clock, guard: this.#guard },
      post: (reading) => {
        post({ kind: 'reading', sessionId, epoch, reading });
      },
    });
  }

  #recognise(key: string, rules: SignalRules): void {
    const held = this.#held.get(key);
    held?.signals.setRules(rules);
    held?.screen.then(
      (screen) => {
        this.#attend(held, screen);
      },
      () => undefined,
    );
  }

  #attend({ signals }: Held, screen: Screen): void {
    if (!signals.wanted || screen.ended) return;
    screen.emulator.hear(signals.codes);
    this.#looks.changed(signals, screen);
  }

  async #ask(spec: ScreenSpec, question: Question): Promise<Answers[keyof Answers]> {
    const held = this.#open(spec);
    const screen = await held.screen;
    if (held.idleSince !== null) held.idleSince = this.#options.clock.monotonic();
    const { clock } = this.#options;
    // What the files have is drawn before anything is told of it.
    if (!spec.live) await waitUntilDrawn(screen, () => screen.ended, { clock, ms: gridWaitMs * 2 });
    if (question.kind === 'snapshot') return screen.snapshot(question.scrollback);
    if (question.kind === 'preview') return screen.preview();
    if (question.kind === 'text') return screen.text();
    const there = (): boolean => screen.offset >= question.atLeast;
    await waitUntilDrawn(screen, there, { clock, ms: gridWaitMs });
    return screen.grid();
  }

  #reply(id: number, work: Promise<unknown>): void {
    const { post } = this.#options;
    work.then(
      (value) => {
        post({ kind: 'answered', id, value }, ownMemory(value));
      },
      (error: unknown) => {
        const code = error instanceof AppError ? error.code : 'INTERNAL';
        post({ kind: 'refused', id, code, message: String(error) });
      },
    );
  }

  async #close(key: string): Promise<void> {
    const held = this.#held.get(key);
    this.#held.delete(key);
    held?.watch.dispose();
    if (held) this.#looks.forget(held.signals);
    await (await held?.screen.catch(() => null))?.dispose();
  }

  #final(key: string, held: Held, screen: Screen): void {
    const { post, clock } = this.#options;
    held.idleSince = clock.monotonic();
    screen
      .save()
      .catch((error: unknown) => {
        post({ kind: 'log', key, message: `the last checkpoint was not written: ${String(error)}` });
      })
      .finally(() => {
        if (screen.spec.live) post({ kind: 'final', key });
      });
  }

  async #saveAll(): Promise<void> {
    await Promise.allSettled([...this.#held.values()].map(async ({ screen }) => (await screen).save()));
  }

  #sweep(): void {
    const now = this.#options.clock.monotonic();
    for (const [key, held] of this.#held) {
      if (held.idleSince !== null && now - held.idleSince >= idleMs && !held.watch.watched)
        void this.#close(key);
      else if (held.idleSince === null && !held.saving && isCheckpointDue(held.unsaved, now - held.savedAt))
        void this.#save(key, held);
    }
  }

  async #save(key: string, held: Held): Promise<void> {
    const { clock, post } = this.#options;
    held.saving = true;
    held.unsaved = 0;
    try {
      await (await held.screen).save();
    } catch (error) {
      // A full disk; the keeper's spool meets it, too, and says so.
      post({ kind: 'log', key, message: `a checkpoint was not written: ${String(error)}` });
    } finally {
      held.savedAt = clock.monotonic();
      held.saving = false;
    }
  }
}

/** Memory that can be handed over instead of copied: a snapshot that has its own. */
function ownMemory(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null || !('data' in value)) return [];
  const { data } = value;
  if (!(data instanceof Uint8Array) || !(data.buffer instanceof ArrayBuffer)) return [];
  return data.byteLength === data.buffer.byteLength ? [data.buffer] : [];
}
