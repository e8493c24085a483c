// All screens of this daemon, shared between a few threads: the least loaded gets the next; one that dies is replaced, and
// its screens are drawn again from their checkpoints, silently.
import { availableParallelism } from 'node:os';
import { backoffMs, within, type Clock, type Logger } from '@roundhouse/kit';
import { AppError, isErrorCode, type SessionId, type TerminalPreview } from '@roundhouse/protocol';
import type { SignalReading, SignalRules } from './signal-rules.js';
import { openThread, type HostPort, type OpenHostPort } from './host-port.js';
import {
  screenKey,
  type Answers,
  type FromHost,
  type Question,
  type ScreenSpec,
  type ToHost,
} from './messages.js';

/** One core is for the bytes themselves. */
const threadsMax = Math.max(1, Math.min(4, availableParallelism() - 1));
/** Drawing an ended session again may take this long; everything else is quick. */
const askTimeoutMs = 15_000;
/** Questions under way; more means that nobody waits for the answers. */
const asksMax = 1_000;
/** At the end of the daemon: what is not written by then is drawn again by the next one. */
const saveTimeoutMs = 3_000;
/** A thread that dies at once is not started again at once. */
const restart = { minMs: 100, maxMs: 10_000, random: () => 1, healthyMs: 60_000 };

export interface ScreenPoolOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Lines kept above each screen. */
  readonly scrollback: number;
  readonly onType: (at: { sessionId: SessionId; epoch: number; text: string }) => void;
  readonly onPreview: (sessionId: SessionId, preview: TerminalPreview) => void;
  /** What a running screen says of its agent, of the rules it was given. */
  readonly onReading?: (at: { sessionId: SessionId; epoch: number; reading: SignalReading }) => void;
  readonly openHost?: OpenHostPort;
  readonly threads?: number;
}

interface Thread {
  port: HostPort | null;
  readonly live: Map<string, ScreenSpec>;
  deaths: number;
  startedAt: number;
}

interface Asked {
  readonly thread: Thread;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: AppError) => void;
}

export class ScreenPool {
  readonly #options: ScreenPoolOptions;
  readonly #threads: Thread[];
  readonly #asked = new Map<number, Asked>();
  /** What is to be recognised, by screen; kept while it is live. */
  readonly #rules = new Map<string, SignalRules>();
  /** Sessions whose previews are wanted. */
  #watched: ReadonlySet<string> = new Set();
  readonly #keys = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #lastAsk = 0;
  #disposed = false;

  constructor(options: ScreenPoolOptions) {
    this.#options = options;
    this.#threads = Array.from({ length: options.threads ?? threadsMax }, () => ({
      ...{ port: null, live: new Map<string, ScreenSpec>(), deaths: 0, startedAt: 0 },
    }));
  }

  /** Begins to draw a session that runs. */
  open(spec: ScreenSpec): void {
    const key = screenKey(spec);
    if (this.#disposed || this.#holder(key)) return;
    const thread = this.#threads.reduce((least, next) => (next.live.size < least.live.size ? next : least));
    thread.live.set(key, spec);
    this.#post(thread, { kind: 'open', spec, watched: this.#watched.has(spec.sessionId) });
  }

  /** @throws AppError TIMEOUT, SHUTTING_DOWN, INTERNAL when the thread died over it */
  ask<K extends keyof Answers>(spec: ScreenSpec, question: Question & { kind: K }): Promise<Answers[K]> {
    const key = screenKey(spec);
    const thread = this.#holder(key) ?? this.#threads[hash(key) % this.#threads.length];
    if (!thread) throw new AppError('INTERNAL', { message: 'There is no screen thread' });
    const known = thread.live.get(key) ?? { ...spec, live: false };
    const asked = this.#request(thread, (id) => ({ kind: 'ask', id, spec: known, question }), askTimeoutMs);
    return asked as Promise<Answers[K]>;
  }

  /** Somebody types into a session of this host: an echo comes first. */
  typed(): void {
    Atomics.add(this.#keys, 0, 1);
  }

  /** The sessions whose previews are wanted, instead of those before. */
  watch(sessionIds: readonly SessionId[]): void {
    const before = this.#watched;
    this.#watched = new Set(sessionIds);
    for (const thread of this.#threads) {
      for (const [key, { sessionId }] of thread.live) {
        const watched = this.#watched.has(sessionId);
        if (watched !== before.has(sessionId)) this.#post(thread, { kind: 'watch', key, watched });
      }
    }
  }

  /** What the screen of a running session is to recognise, instead of what was before. */
  recognise(spec: Pick<ScreenSpec, 'sessionId' | 'epoch'>, rules: SignalRules): void {
    const key = screenKey(spec);
    const thread = this.#holder(key);
    if (!thread || this.#disposed) return;
    this.#rules.set(key, rules);
    this.#post(thread, { kind: 'recognise', key, rules });
  }

  /** Whether a running session is drawn; what has ended is only looked at. */
  isLive(spec: Pick<ScreenSpec, 'sessionId' | 'epoch'>): boolean {
    return this.#holder(screenKey(spec)) !== undefined;
  }

  /** Forgets a screen; nothing is written to its directory once this has resolved. */
  async close(spec: Pick<ScreenSpec, 'sessionId' | 'epoch'>): Promise<void> {
    const key = screenKey(spec);
    const running = this.#threads.filter(({ port }) => port !== null);
    for (const thread of this.#threads) thread.live.delete(key);
    this.#rules.delete(key);
    const closing = running.map((thread) =>
      this.#request(thread, (id) => ({ kind: 'close', id, key }), saveTimeoutMs),
    );
    await Promise.allSettled(closing);
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    const running = this.#threads.filter(({ port }) => port !== null);
    const saving = running.map((thread) =>
      this.#request(thread, (id) => ({ kind: 'save', id }), saveTimeoutMs),
    );
    this.#disposed = true;
    await Promise.allSettled(saving);
    await Promise.allSettled(running.map(async ({ port }) => port?.terminate()));
    for (const { reject } of this.#asked.values()) reject(new AppError('SHUTTING_DOWN'));
  }

  #holder(key: string): Thread | undefined {
    return this.#threads.find(({ live }) => live.has(key));
  }

  async #request(thread: Thread, message: (id: number) => ToHost, ms: number): Promise<unknown> {
    if (this.#disposed) throw new AppError('SHUTTING_DOWN');
    if (this.#asked.size >= asksMax)
      throw new AppError('RATE_LIMITED', { message: 'Too many screens are asked for' });
    const id = (this.#lastAsk += 1);
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#asked.set(id, { thread, resolve, reject });
    });
    this.#post(thread, message(id));
    try {
      return await within(answer, { ms, what: 'screen', clock: this.#options.clock });
    } finally {
      this.#asked.delete(id);
    }
  }

  #post(thread: Thread, message: ToHost): void {
    this.#start(thread).post(message);
  }

  #start(thread: Thread): HostPort {
    if (thread.port) return thread.port;
    const { scrollback, openHost = openThread, clock } = this.#options;
    thread.startedAt = clock.monotonic();
    thread.port = openHost({
      scrollback,
      keys: this.#keys,
      onMessage: (message) => {
        this.#heard(thread, message);
      },
      onGone: (why) => {
        this.#gone(thread, why);
      },
    });
    return thread.port;
  }

  #gone(thread: Thread, why: string): void {
    const { clock, logger } = this.#options;
    thread.port = null;
    for (const { thread: asked, reject } of this.#asked.values()) {
      if (asked === thread) reject(new AppError('INTERNAL', { message: 'The screen is being drawn again' }));
    }
    if (this.#disposed) return;
    logger.error({ why, screens: thread.live.size }, 'a screen thread died');
    thread.deaths = clock.monotonic() - thread.startedAt < restart.healthyMs ? thread.deaths + 1 : 1;
    clock.after(backoffMs(thread.deaths, restart), () => {
      if (this.#disposed) return;
      for (const [key, spec] of thread.live) {
        // What it may have answered is not answered again.
        const again: ScreenSpec = { ...spec, answersFrom: 'head' };
        this.#post(thread, { kind: 'open', spec: again, watched: this.#watched.has(spec.sessionId) });
        const rules = this.#rules.get(key);
        if (rules) this.#post(thread, { kind: 'recognise', key, rules });
      }
    });
  }

  #heard(thread: Thread, message: FromHost): void {
    const { onType, onPreview, onReading, logger } = this.#options;
    if (this.#disposed && message.kind !== 'answered' && message.kind !== 'refused') return;
    if (message.kind === 'answered') this.#asked.get(message.id)?.resolve(message.value);
    else if (message.kind === 'refused') this.#asked.get(message.id)?.reject(refusal(message));
    else if (message.kind === 'type') onType(message);
    else if (message.kind === 'preview') onPreview(message.sessionId, message.preview);
    else if (message.kind === 'reading') onReading?.(message);
    else if (message.kind === 'final') this.#final(thread, message.key);
    else logger.warn({ screen: message.key }, message.message);
  }

  #final(thread: Thread, key: string): void {
    thread.live.delete(key);
    this.#rules.delete(key);
  }
}

const refusal = ({ code, message }: { code: string; message: string }): AppError =>
  new AppError(isErrorCode(code) ? code : 'INTERNAL', { message });

function hash(text: string): number {
  let sum = 0;
  for (let index = 0; index < text.length; index += 1)
    sum = (Math.imul(sum, 31) + text.charCodeAt(index)) >>> 0;
  return sum;
}
