// One view of one session: binds the stream, the emulator and the input to the live link, and keeps what the page
// shows about it. Attaches, attaches again after every loss, acknowledges what is parsed.
import { hasEnded, type Exit, type SessionId, type SessionState, type ViewerId } from '@roundhouse/protocol';
import { ApiError } from '../../lib/api-error.js';
import type { Connection } from '../../lib/connection.js';
import { t } from '../../lib/i18n/t.js';
import type { HubEvent, UiLink } from '../../lib/ui-link.js';
import { createStore, type Store } from '../../lib/store.js';
import { InputSender } from './input-sender.js';
import { StreamState, type AttachReply, type Outcome, type StreamEvent } from './stream.js';
import { WriteQueue, type Parsed, type Sink } from './write-queue.js';

/** The parts of the live link that a terminal uses. */
export type TerminalLink = Pick<UiLink, 'request' | 'send' | 'on'>;

export interface ViewerName {
  readonly id: string;
  readonly user: string;
}

export interface TerminalState {
  /** `unreachable`: the hub is there, the host is not. `refused`: the hub said no, see `error`. */
  readonly phase: 'attaching' | 'live' | 'detached' | 'unreachable' | 'refused';
  readonly error: ApiError | null;
  readonly epoch: number | null;
  readonly cols: number;
  readonly rows: number;
  /** Whether this view types and sets the size. */
  readonly controls: boolean;
  readonly controller: ViewerName | null;
  readonly viewers: readonly ViewerName[];
  readonly viewerId: string | null;
  /** History still to be shown, in bytes; null once it is. */
  readonly replay: { readonly done: number; readonly total: number } | null;
  /** Bytes that are gone for good. */
  readonly dropped: number;
  readonly exit: Exit | null;
  /** Why the last thing typed was not sent; null once something was. */
  readonly notSent: ApiError | null;
  readonly echoMs: number | null;
}

export interface TerminalStreamOptions {
  readonly sessionId: SessionId;
  readonly link: TerminalLink;
  readonly connection: Store<Connection>;
  readonly sink: Sink;
  readonly nextFrame: (run: () => void) => void;
  readonly now: () => number;
}

/** History below this is shown without a progress line: it takes no time that a person notices. */
const REPLAY_SHOWN_BYTES = 256 * 1024;
/** Pause before attaching again after a fault of the stream, so that a broken hub is not asked in a tight loop. */
const FAULT_RETRY_MS = 1000;

/** Before the first attach. */
export const initialState: TerminalState = {
  phase: 'attaching',
  error: null,
  epoch: null,
  cols: 80,
  rows: 24,
  controls: false,
  controller: null,
  viewers: [],
  viewerId: null,
  replay: null,
  dropped: 0,
  exit: null,
  notSent: null,
  echoMs: null,
};

export class TerminalStream {
  readonly state: Store<TerminalState> = createStore(initialState);
  readonly #place = new StreamState();
  readonly #queue: WriteQueue;
  readonly #input: InputSender;
  readonly #ends: (() => void)[] = [];
  #viewerId: ViewerId | null = null;
  #generation = 0;
  /** Grows with every attach; answers to earlier ones are ignored. */
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #windowBytes = 1;
  #replayFrom = 0;
  #acked = 0;
  #closed = false;

  constructor(private readonly options: TerminalStreamOptions) {
    const { sessionId, link } = options;
    this.#queue = new WriteQueue(options.sink, options.nextFrame, (parsed) => this.#onParsed(parsed));
    this.#input = new InputSender((piece) => link.request('session.input', { sessionId, ...piece }), {
      refused: (error) => this.#onRefused(error),
      echo: (echoMs) => this.#patch({ echoMs, notSent: null }),
      now: options.now,
    });
    this.#listen();
    this.#ends.push(options.connection.subscribe(() => this.#onConnection()));
    this.#onConnection();
  }

  /** True when it is on its way; else the state says why it was not sent. */
  type(data: string | Uint8Array): boolean {
    if (this.#input.type(data)) return true;
    this.#patch({ notSent: this.#whyNot() });
    return false;
  }

  resize(cols: number, rows: number): void {
    const { phase, controls, exit } = this.state.get();
    if (phase !== 'live' || !controls || exit) return;
    const { sessionId, link } = this.options;
    // Refused while the agent is not there yet; the next change of state or size tries again.
    void link.request('session.resize', { sessionId, cols, rows }).catch(() => undefined);
  }

  /** @throws ApiError */
  async takeControl(): Promise<void> {
    const { sessionId, link } = this.options;
    await link.request('session.control', { sessionId });
    this.#patch({ notSent: null });
  }

  dismissNotSent(): void {
    this.#patch({ notSent: null });
  }

  /** The session or its host changed: perhaps what was refused works now. */
  sessionChanged(state: SessionState): void {
    const { phase } = this.state.get();
    const waits = phase === 'unreachable' || (phase === 'refused' && !hasEnded(state));
    if (waits) void this.attach();
  }

  close(): void {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    for (const end of this.#ends) end();
    this.#queue.close();
    const { sessionId, link } = this.options;
    void link.request('session.detach', { sessionId }).catch(() => undefined);
  }

  /** Attaches, or attaches again where the stream was left. */
  async attach(): Promise<void> {
    if (this.#closed || this.options.connection.get().phase !== 'live') return;
    const attempt = (this.#attempt += 1);
    const { sessionId, link } = this.options;
    this.#place.detached();
    this.#input.close(offline());
    this.#patch({ phase: 'attaching', error: null });
    try {
      const viewer = this.#viewerId === null ? {} : { viewerId: this.#viewerId };
      const reply = await link.request('session.attach', { sessionId, ...viewer, ...this.#place.place() });
      if (attempt === this.#attempt && !this.#closed) this.#onAttached(reply);
    } catch (cause) {
      if (attempt === this.#attempt && !this.#closed) this.#onAttachFailed(cause);
    }
  }

  #listen(): void {
    const { sessionId, link } = this.options;
    const stream = <K extends StreamEvent['kind']>(kind: K): void => {
      const event = `session.${kind}` satisfies HubEvent;
      const end = link.on(event, (payload) => {
        if (payload.sessionId !== sessionId || this.#closed) return;
        // The name of the event is that of its payload; the generic hides that.
        this.#take(this.#place.apply({ kind, ...payload } as unknown as StreamEvent));
      });
      this.#ends.push(end);
    };
    stream('output');
    stream('snapshot');
    stream('resized');
    stream('gap');
    stream('exit');
    this.#ends.push(
      link.on('session.controller', (now) => {
        if (now.sessionId === sessionId) this.#patch({ controls: now.you, controller: now.viewer });
      }),
      link.on('session.viewers', (now) => {
        if (now.sessionId === sessionId) this.#patch({ viewers: now.viewers });
      }),
    );
  }

  #onConnection(): void {
    const now = this.options.connection.get();
    if (now.phase === 'live') {
      if (now.generation === this.#generation) return;
      this.#generation = now.generation;
      void this.attach();
      return;
    }
    this.#attempt += 1;
    this.#place.detached();
    this.#input.close(offline());
    this.#patch({ phase: 'detached' });
  }

  #onAttached(reply: AttachReply): void {
    const fresh = reply.viewerId !== this.#viewerId;
    this.#viewerId = reply.viewerId;
    this.#windowBytes = reply.windowBytes;
    const outcome = this.#place.attached(reply);
    this.#acked = this.#place.next;
    this.#replayFrom = this.#place.next;
    const total = reply.head - this.#replayFrom;
    this.#input.open(reply.epoch, fresh);
    this.#patch({
      phase: 'live',
      epoch: reply.epoch,
      viewerId: reply.viewerId,
      controls: reply.controller,
      replay: total > REPLAY_SHOWN_BYTES ? { done: 0, total } : null,
    });
    this.#take(outcome);
  }

  #onAttachFailed(cause: unknown): void {
    const error = cause instanceof ApiError ? cause : new ApiError('INTERNAL', { message: String(cause) });
    switch (error.code) {
      case 'OFFLINE':
        return; // the next connect attaches
      case 'OFFSET_INVALID':
        this.#place.forget();
        return this.#later();
      case 'HOST_UNREACHABLE':
      case 'KEEPER_UNREACHABLE':
      case 'TIMEOUT':
        return this.#patch({ phase: 'unreachable', error });
      default:
        return this.#patch({ phase: 'refused', error });
    }
  }

  #take(outcome: Outcome): void {
    if (outcome.fault) return this.#later();
    if (outcome.restarted) {
      this.#acked = 0;
      this.#input.open(this.#place.epoch ?? 1, false);
      this.#patch({ epoch: this.#place.epoch, exit: null, dropped: 0, replay: null, notSent: null });
    }
    if (outcome.dropped !== undefined) this.#patch({ dropped: this.state.get().dropped + outcome.dropped });
    for (const step of outcome.steps)
      if (step.do === 'resize' || step.do === 'reset') this.#patch({ cols: step.cols, rows: step.rows });
    this.#queue.push(outcome.steps);
    if (outcome.exit) {
      this.#input.close(ended());
      this.#patch({ exit: outcome.exit });
    }
  }

  #later(): void {
    this.#place.detached();
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#patch({ phase: 'attaching' });
    this.#retry = setTimeout(() => void this.attach(), FAULT_RETRY_MS);
  }

  #onParsed({ epoch, offset }: Parsed): void {
    if (epoch !== this.#place.epoch) return;
    const { replay } = this.state.get();
    if (replay) {
      const done = offset - this.#replayFrom;
      this.#patch({ replay: done >= replay.total ? null : { ...replay, done } });
    }
    const due = offset - this.#acked >= this.#windowBytes / 4 || this.#queue.idle;
    if (!due || offset <= this.#acked) return;
    const { sessionId, link } = this.options;
    if (link.send('session.ack', { sessionId, epoch, offset })) this.#acked = offset;
  }

  #onRefused(error: ApiError): void {
    this.#patch({ notSent: error });
    if (error.code === 'INPUT_GAP') {
      // The numbers of this viewer are beyond repair: come back as a new one.
      this.#viewerId = null;
      void this.attach();
    } else if (error.code === 'NOT_ATTACHED' || error.code === 'STALE_EPOCH') void this.attach();
  }

  #whyNot(): ApiError {
    const { phase, exit, error } = this.state.get();
    if (exit) return ended();
    if ((phase === 'unreachable' || phase === 'refused') && error) return error;
    return offline();
  }

  #patch(change: Partial<TerminalState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}

const offline = (): ApiError =>
  new ApiError('OFFLINE', { message: t('error.offline'), hint: t('terminal.typeAgain') });
const ended = (): ApiError =>
  new ApiError('SESSION_NOT_RUNNING', { message: t('terminal.agentEnded'), hint: '' });
