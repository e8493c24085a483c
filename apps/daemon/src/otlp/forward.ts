// Hands every body that was taken on to the user's own collector. No agent waits for it, and it never grows without bound.
import { backoffMs, type Cancel, type Clock, type Logger } from '@roundhouse/kit';
import type { TakenBody } from './receiver.js';

/** Bytes of bodies that wait for the collector; beyond it the oldest are dropped, and counted. */
const maxQueuedBytes = 16 * 1024 * 1024;
/** What a small body costs beside its bytes. */
const overheadBytes = 512;
/** Requests at once: a collector far away takes a tenth of a second for each. */
const maxSending = 4;
/** A request without an answer for so long has failed. */
const requestMs = 10_000;
/** Waiting times after a failure. */
const backoff = { minMs: 500, maxMs: 30_000 };
/** The longest wait that a collector may ask for. */
const maxRetryAfterMs = 60_000;
/** What was lost is logged at most so often. */
const warnEveryMs = 60_000;
/** What waits at the end of the daemon is given so long. */
const lastChanceMs = 1_000;

/** Answers after which the same body may be taken later. */
const retryable: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
const contentTypes = { json: 'application/json', protobuf: 'application/x-protobuf' } as const;

export interface ForwardTarget {
  /** Without a slash at its end; the signal's path is added. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ForwardStats {
  sent: number;
  /** Bodies that the collector refused for good. */
  refused: number;
  /** Bodies that had to make room, or were left at the end. */
  dropped: number;
  /** Attempts that failed and were made again. */
  retried: number;
}

interface ForwarderOptions {
  readonly target: ForwardTarget;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random?: () => number;
}

type Sent =
  { readonly outcome: 'sent' | 'refused' } | { readonly outcome: 'later'; readonly afterMs: number | null };

export class Forwarder {
  readonly stats: ForwardStats = { sent: 0, refused: 0, dropped: 0, retried: 0 };
  readonly #options: ForwarderOptions;
  readonly #closing = new AbortController();
  #queue: TakenBody[] = [];
  #queuedBytes = 0;
  #sending = 0;
  #failures = 0;
  #waiting: Cancel | null = null;
  #warnedAt = -Infinity;
  #onIdle: (() => void) | null = null;

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  /** Takes a body; the oldest ones make room for it. */
  offer(body: TakenBody): void {
    if (this.#closing.signal.aborted) return;
    this.#queue.push(body);
    this.#queuedBytes += sizeOf(body);
    while (this.#queuedBytes > maxQueuedBytes && this.#queue.length > 0) {
      this.#shift();
      this.#lost('dropped');
    }
    this.#pump();
  }

  /** Sends what it can in a moment; what is left then is lost and counted. */
  async close(): Promise<void> {
    if (!this.#isIdle && this.#waiting === null) {
      await new Promise<void>((resolve) => {
        const cancel = this.#options.clock.after(lastChanceMs, resolve);
        this.#onIdle = () => {
          cancel();
          resolve();
        };
      });
    }
    this.#waiting?.();
    this.#closing.abort();
    const bodies = this.#queue.length + this.#sending;
    this.stats.dropped += bodies;
    if (bodies > 0) this.#options.logger.warn({ bodies }, 'telemetry was not handed on before the end');
    this.#queue = [];
  }

  get #isIdle(): boolean {
    return this.#queue.length === 0 && this.#sending === 0;
  }

  #pump(): void {
    // One attempt at a time while the collector is away: the others would only fail, too.
    const most = this.#failures > 0 ? 1 : maxSending;
    while (this.#waiting === null && this.#sending < most && !this.#closing.signal.aborted) {
      const body = this.#shift();
      if (body === undefined) break;
      this.#sending += 1;
      void this.#send(body);
    }
    if (this.#isIdle) this.#onIdle?.();
  }

  async #send(body: TakenBody): Promise<void> {
    const sent = await this.#post(body);
    this.#sending -= 1;
    if (sent.outcome === 'later') this.#again(body, sent.afterMs);
    else {
      this.#failures = 0;
      if (sent.outcome === 'sent') this.stats.sent += 1;
      else this.#lost('refused');
    }
    this.#pump();
  }

  async #post({ signal, encoding, bytes }: TakenBody): Promise<Sent> {
    const { url, headers } = this.#options.target;
    try {
      const answer = await fetch(`${url}/v1/${signal}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': contentTypes[encoding] },
        body: new Uint8Array(bytes),
        redirect: 'manual',
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(requestMs)]),
      });
      await answer.body?.cancel();
      if (answer.ok) return { outcome: 'sent' };
      if (!retryable.has(answer.status)) return { outcome: 'refused' };
      const seconds = Number(answer.headers.get('retry-after') ?? NaN);
      const afterMs = Number.isFinite(seconds) ? Math.min(seconds * 1_000, maxRetryAfterMs) : null;
      return { outcome: 'later', afterMs };
    } catch {
      return { outcome: 'later', afterMs: null };
    }
  }

  /** Back to the front; nothing is sent before the wait is over. */
  #again(body: TakenBody, afterMs: number | null): void {
    if (this.#closing.signal.aborted) return;
    this.stats.retried += 1;
    this.#queue.unshift(body);
    this.#queuedBytes += sizeOf(body);
    if (this.#waiting !== null) return;
    this.#failures += 1;
    const random = this.#options.random ?? Math.random;
    this.#waiting = this.#options.clock.after(
      afterMs ?? backoffMs(this.#failures, { ...backoff, random }),
      () => {
        this.#waiting = null;
        this.#pump();
      },
    );
  }

  #shift(): TakenBody | undefined {
    const body = this.#queue.shift();
    if (body !== undefined) this.#queuedBytes -= sizeOf(body);
    return body;
  }

  #lost(what: 'refused' | 'dropped'): void {
    this.stats[what] += 1;
    const now = this.#options.clock.monotonic();
    if (now - this.#warnedAt < warnEveryMs) return;
    this.#warnedAt = now;
    this.#options.logger.warn({ ...this.stats }, 'the collector does not get all telemetry');
  }
}

const sizeOf = ({ bytes }: TakenBody): number => bytes.byteLength + overheadBytes;
