// Owns one Socket.IO connection to the hub: its states, typed events in, acknowledged requests out.
// Nothing is buffered while the link is down: a request then fails at once, and a send is dropped.
import {
  isErrorCode,
  isRetryable,
  uiEvents,
  type NamesFrom,
  type PayloadOf,
  type ReplyOf,
  type SentPayloadOf,
  type UiEvents,
  wireErrorSchema,
} from '@roundhouse/protocol';
import { z } from 'zod';
import { ApiError, fromWire } from './api-error.js';
import type { Connection } from './connection.js';
import { t } from './i18n/t.js';
import type { Store } from './store.js';

export type HubEvent = NamesFrom<UiEvents, 'hub'>;
export type BrowserEvent = NamesFrom<UiEvents, 'browser'>;
/** Requests have an acknowledgement, sends have none. */
export type RequestEvent = {
  [K in BrowserEvent]: UiEvents[K]['reply'] extends null ? never : K;
}[BrowserEvent];
export type SendEvent = Exclude<BrowserEvent, RequestEvent>;

/** The parts of a Socket.IO client socket that the link uses; tests put their own in its place. */
export interface RawSocket {
  readonly connected: boolean;
  connect(): unknown;
  disconnect(): unknown;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  readonly io: { on(event: 'reconnect_attempt', listener: (attempt: number) => void): unknown };
}

type Listener = (...args: unknown[]) => void;

export interface RequestOptions {
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** Longer than the hub's own wait for a daemon, so that its error arrives rather than ours. */
const REQUEST_TIMEOUT_MS = 12_000;
/** Pause before trying again after the hub refused for a passing reason (starting, database away). */
const REFUSED_RETRY_MS = 3000;

const refusalSchema = z.object({
  data: z.object({ code: z.string(), message: z.string(), hint: z.string().default('') }),
});
const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), data: z.unknown() }),
  z.object({ ok: z.literal(false), error: wireErrorSchema }),
]);

const offline = (): ApiError =>
  new ApiError('OFFLINE', { message: t('error.offline'), hint: t('error.offlineHint') });

export class UiLink {
  private generation = 0;
  private lastLive = Date.now();
  private retry: ReturnType<typeof setTimeout> | null = null;
  private socket: RawSocket | null = null;
  private loading: Promise<RawSocket> | null = null;
  /** Wanted, though the socket may still be loading. */
  private started = false;
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly pending = new Set<(error: ApiError) => void>();

  constructor(
    private readonly load: () => Promise<RawSocket>,
    private readonly state: Store<Connection>,
  ) {}

  /** Connects; call once somebody is signed in. */
  start(): void {
    if (this.started) return;
    this.started = true;
    this.state.set({ phase: 'connecting' });
    void this.open();
  }

  /** Ends the connection, for example at sign-out. */
  stop(): void {
    this.started = false;
    this.clearRetry();
    this.socket?.disconnect();
    this.state.set({ phase: 'connecting' });
  }

  /** Tries again now instead of at the next attempt. */
  reconnect(): void {
    this.clearRetry();
    if (!this.started || this.socket?.connected === true) return;
    this.socket?.disconnect();
    void this.open();
  }

  private async open(): Promise<void> {
    try {
      // One socket, however often it is started meanwhile.
      this.loading ??= this.load().then((socket) => this.wire(socket));
      this.socket = await this.loading;
    } catch {
      this.loading = null;
      // The code of the socket did not arrive: as good as no connection.
      this.state.set({ phase: 'reconnecting', attempt: 1, since: this.lastLive });
      this.later();
      return;
    }
    if (this.started && !this.socket.connected) this.socket.connect();
  }

  private wire(socket: RawSocket): RawSocket {
    socket.on('connect', () => this.onConnect());
    socket.on('disconnect', (reason) => this.onDisconnect(String(reason)));
    socket.on('connect_error', (error) => this.onRefused(error));
    socket.io.on('reconnect_attempt', (attempt) => this.onAttempt(attempt));
    for (const [event, set] of this.listeners) for (const listener of set) socket.on(event, listener);
    return socket;
  }

  /** The device went offline; the attempts go on when it is back. */
  deviceOffline(): void {
    if (this.started && this.socket?.connected !== true)
      this.state.set({ phase: 'offline', since: this.lastLive });
  }

  /** Listens to an event of the hub; what does not fit its schema is dropped. Returns the end of it. */
  on<E extends HubEvent>(event: E, handler: (payload: PayloadOf<UiEvents[E]>) => void): () => void {
    const schema = uiEvents[event].payload;
    const listener = (raw: unknown): void => {
      const parsed = schema.safeParse(raw);
      // The schema is the one that PayloadOf is inferred from; the generic hides that.
      if (parsed.success) handler(parsed.data as PayloadOf<UiEvents[E]>);
      else console.warn(`Dropped ${event}: ${parsed.error.message}`);
    };
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set.add(listener));
    this.socket?.on(event, listener);
    return () => {
      set.delete(listener);
      this.socket?.off(event, listener);
    };
  }

  /** Sends an event that has no acknowledgement. False when the link is down: nothing was sent. */
  send<E extends SendEvent>(event: E, payload: SentPayloadOf<UiEvents[E]>): boolean {
    if (this.socket?.connected !== true) return false;
    this.socket.emit(event, payload);
    return true;
  }

  /**
   * Sends a request and gives the data of its acknowledgement.
   * @throws ApiError the hub's code, or OFFLINE (not sent, or the link broke meanwhile), TIMEOUT, ABORTED.
   */
  request<E extends RequestEvent>(
    event: E,
    payload: SentPayloadOf<UiEvents[E]>,
    { timeoutMs = REQUEST_TIMEOUT_MS, signal }: RequestOptions = {},
  ): Promise<ReplyOf<UiEvents[E]>> {
    const { socket } = this;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(new ApiError('ABORTED', { message: 'aborted' }));
      if (socket?.connected !== true) return reject(offline());
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        if (this.pending.delete(fail)) finish();
      };
      const fail = (error: ApiError): void => settle(() => reject(error));
      const onAbort = (): void => fail(new ApiError('ABORTED', { message: 'aborted' }));
      const timer = setTimeout(
        () => fail(new ApiError('TIMEOUT', { message: t('error.timeout'), hint: t('error.timeoutHint') })),
        timeoutMs,
      );
      signal?.addEventListener('abort', onAbort, { once: true });
      this.pending.add(fail);
      socket.emit(event, payload, (raw: unknown) => {
        const answer = readAnswer(event, raw);
        settle(() => (answer instanceof ApiError ? reject(answer) : resolve(answer as ReplyOf<UiEvents[E]>)));
      });
    });
  }

  private onConnect(): void {
    this.clearRetry();
    this.generation += 1;
    this.state.set({ phase: 'live', generation: this.generation });
  }

  private onDisconnect(reason: string): void {
    this.lastLive = Date.now();
    for (const fail of [...this.pending]) fail(offline());
    if (reason === 'io client disconnect') return;
    this.state.set({ phase: 'reconnecting', attempt: 1, since: this.lastLive });
    // The hub closed it on purpose (sign-out, restart): the client does not try again by itself.
    if (reason === 'io server disconnect') this.socket?.connect();
  }

  private onAttempt(attempt: number): void {
    if (navigator.onLine) this.state.set({ phase: 'reconnecting', attempt, since: this.lastLive });
    else this.deviceOffline();
  }

  private onRefused(error: unknown): void {
    const refusal = refusalSchema.safeParse(error);
    if (!refusal.success) {
      if (this.state.get().phase === 'connecting')
        this.state.set({ phase: 'reconnecting', attempt: 1, since: this.lastLive });
      return;
    }
    const { code, message, hint } = refusal.data.data;
    this.state.set({ phase: 'refused', code, message, hint });
    if (!isErrorCode(code) || !isRetryable(code)) return;
    this.later();
  }

  private later(): void {
    this.clearRetry();
    this.retry = setTimeout(() => void this.open(), REFUSED_RETRY_MS);
  }

  private clearRetry(): void {
    if (this.retry !== null) clearTimeout(this.retry);
    this.retry = null;
  }
}

/** The data of an acknowledgement, parsed; or what is wrong with it. */
function readAnswer(event: RequestEvent, raw: unknown): unknown {
  const answer = answerSchema.safeParse(raw);
  if (answer.success && !answer.data.ok) return fromWire(answer.data.error);
  const data = answer.success && answer.data.ok ? uiEvents[event].reply.safeParse(answer.data.data) : answer;
  if (data.success) return data.data;
  return new ApiError('BAD_REPLY', {
    message: t('error.badReply'),
    hint: t('error.badReplyHint'),
    cause: data.error,
  });
}
