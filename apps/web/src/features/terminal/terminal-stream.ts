// One view of one session: binds the stream, the emulator and the input to the live link, and keeps what the page
// shows about it. Attaches, attaches again after every loss, acknowledges what is parsed.
import {
  hasEnded,
  type ReplyOf,
  type SessionId,
  type SessionState,
  type TerminalGrid,
  type UiEvents,
  type ViewerId,
} from '@roundhouse/protocol';
import { ApiError } from '../../lib/api-error.js';
import type { Connection } from '../../lib/connection.js';
import type { HubEvent, UiLink } from '../../lib/ui-link.js';
import { createStore, type Store } from '../../lib/store.js';
import { keyOrBytes } from './bytes.js';
import { Conditions } from './conditions.js';
import { EarlyTyping } from './early-typing.js';
import { InputSender, type PasteBytes, type SendInput } from './input-sender.js';
import { ended, offline, whyNoPaste, whyNot } from './stream-errors.js';
import { StreamState, type AttachReply, type Outcome, type StreamEvent } from './stream.js';
import { initialState, type TerminalState } from './terminal-state.js';
import { WriteQueue, type Parsed, type Sink } from './write-queue.js';

/** The parts of the live link that a terminal uses. */
export type TerminalLink = Pick<UiLink, 'request' | 'send' | 'on'>;

export interface TerminalStreamOptions {
  readonly sessionId: SessionId;
  readonly link: TerminalLink;
  readonly connection: Store<Connection>;
  readonly sink: Sink;
  readonly now: () => number;
}

/** History below this is shown without a progress line: it takes no time that a person notices. */
const REPLAY_SHOWN_BYTES = 256 * 1024;
/** A paste below this is gone before a progress line could be read. */
const PASTE_SHOWN_BYTES = 256 * 1024;
/** Pause before attaching again after a fault of the stream, so that a broken hub is not asked in a tight loop. */
const FAULT_RETRY_MS = 1000;

/** Longest wait for a screen that was promised, the host's own wait included. */
const SNAPSHOT_WAIT_MS = 12_000;

/** For people who want to know how it is going. Offsets are those of the present epoch. */
export interface StreamStats {
  readonly received: number;
  /** Given to the emulator. */
  readonly written: number;
  readonly parsed: number;
  /** The newest byte of the host that is known here. */
  readonly head: number;
  readonly windowBytes: number;
  /** Received and not acknowledged yet. */
  readonly inFlight: number;
  /** Bytes of output since the page was opened. */
  readonly totalBytes: number;
  readonly attaches: number;
  readonly snapshots: number;
  readonly faults: number;
}

export class TerminalStream {
  readonly state: Store<TerminalState> = createStore(initialState);
  readonly #place = new StreamState();
  readonly #queue: WriteQueue;
  readonly #input: InputSender;
  readonly #early = new EarlyTyping(() => this.#patch({ notSent: whyNot(this.state.get()) }));
  readonly #ends: (() => void)[] = [];
  #viewerId: ViewerId | null = null;
  #generation = 0;
  /** Grows with every attach; answers to earlier ones are ignored. */
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #windowBytes = 1;
  #replayFrom = 0;
  #acked = 0;
  #parsed = 0;
  /** Output from here on happens now; before it, it is history. */
  #liveFrom = 0;
  #head = 0;
  readonly #counts = { totalBytes: 0, attaches: 0, snapshots: 0, faults: 0 };
  readonly #conditions = new Conditions();
  #closed = false;

  constructor(private readonly options: TerminalStreamOptions) {
    const { sessionId, link } = options;
    this.#queue = new WriteQueue(options.sink, (parsed) => this.#onParsed(parsed));
    const send: SendInput = ({ data, ...piece }) =>
      link.request('session.input', { sessionId, ...piece, data: keyOrBytes(data), sentMs: options.now() });
    this.#input = new InputSender(send, {
      refused: (error) => this.#onRefused(error),
      echo: (echoMs) => this.#patch({ echoMs, notSent: null }),
      paste: (paste) => this.#patch({ paste: paste && paste.total >= PASTE_SHOWN_BYTES ? paste : null }),
      now: options.now,
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    this.#listen();
    this.#ends.push(options.connection.subscribe(() => this.#onConnection()));
    this.#onConnection();
  }

  /** True when it is on its way; else the state says why it was not sent. */
  type(data: string | Uint8Array): boolean {
    if (this.#input.type(data)) return true;
    if (this.state.get().phase === 'attaching' && this.#early.keep(data)) return true;
    // What follows must not arrive without what was kept.
    this.#early.drop();
    this.#patch({ notSent: whyNot(this.state.get()) });
    return false;
  }

  /** True when it is on its way; else the state says why not. */
  paste(paste: PasteBytes): boolean {
    if (this.#input.paste(paste)) return true;
    // What was typed before it must not arrive without it.
    this.#early.drop();
    this.#patch({ notSent: whyNoPaste(this.state.get(), paste) });
    return false;
  }

  cancelPaste(): void {
    this.#input.cancelPaste();
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

  /**
   * A screen with this many lines above it, in place of what is shown. Resolves once it is drawn.
   * @throws ApiError
   */
  async history(lines: number): Promise<ReplyOf<UiEvents['session.history']>> {
    const { sessionId, link } = this.options;
    const before = this.#counts.snapshots;
    this.#place.wantSnapshot();
    const reply = await link.request('session.history', { sessionId, lines });
    await this.until(() => this.#counts.snapshots > before && this.#queue.idle, SNAPSHOT_WAIT_MS);
    return reply;
  }

  /** What the host's own emulator shows, at this offset or later. @throws ApiError */
  async hostGrid(atLeast: number): Promise<TerminalGrid> {
    const { sessionId, link } = this.options;
    const epoch = this.#place.epoch ?? 1;
    const grid = await link.request('session.grid', { sessionId, epoch, atLeast });
    this.#head = Math.max(this.#head, grid.offset);
    return grid;
  }

  /** Shows output up to this offset only; null shows all again. */
  hold(offset: number | null): void {
    this.#queue.limit(offset);
  }

  /** Waits for a condition of this stream. @throws ApiError TIMEOUT */
  until(holds: () => boolean, timeoutMs: number): Promise<void> {
    return this.#conditions.until(holds, timeoutMs);
  }

  /** What the emulator reads now happens now: not a replay, not a screen of the past. */
  get isLive(): boolean {
    return this.#queue.writingFrom >= this.#liveFrom;
  }

  stats(): StreamStats {
    const { next } = this.#place;
    return {
      ...this.#counts,
      received: next,
      written: this.#queue.writtenTo,
      parsed: this.#parsed,
      head: Math.max(this.#head, next),
      windowBytes: this.#windowBytes,
      inFlight: Math.max(0, next - this.#acked),
    };
  }

  /** The session or its host changed: perhaps what was refused works now. */
  sessionChanged(state: SessionState): void {
    const { phase } = this.state.get();
    const waits = phase === 'unreachable' || (phase === 'refused' && !hasEnded(state));
    if (waits) void this.attach();
  }

  close(): void {
    this.#closed = true;
    this.#clearRetry();
    for (const end of this.#ends) end();
    this.#early.drop();
    this.#queue.close();
    this.#conditions.close();
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
      const reply = await link.request('session.attach', {
        sessionId,
        ...viewer,
        ...this.#place.place(),
        prefer: 'screen',
        sentMs: this.options.now(),
      });
      if (attempt === this.#attempt && !this.#closed) this.#onAttached(reply);
    } catch (cause) {
      if (attempt === this.#attempt && !this.#closed) this.#onAttachFailed(cause);
      this.#early.drop();
    }
  }

  #listen(): void {
    const { sessionId, link } = this.options;
    const stream = <K extends StreamEvent['kind']>(kind: K): void => {
      const event = `session.${kind}` satisfies HubEvent;
      const end = link.on(event, (payload) => {
        if (payload.sessionId !== sessionId || this.#closed) return;
        // The name of the event is that of its payload; the generic hides that.
        const streamed = { kind, ...payload } as unknown as StreamEvent;
        if (streamed.kind === 'output') this.#counts.totalBytes += streamed.data.byteLength;
        this.#take(this.#place.apply(streamed));
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
    this.#early.drop();
  }

  #onAttached(reply: AttachReply): void {
    const fresh = reply.viewerId !== this.#viewerId;
    this.#viewerId = reply.viewerId;
    this.#windowBytes = reply.windowBytes;
    this.#counts.attaches += 1;
    const outcome = this.#place.attached(reply);
    const awaiting = this.#place.awaitsSnapshot;
    this.#acked = this.#place.next;
    this.#replayFrom = this.#place.next;
    this.#liveFrom = reply.head;
    this.#head = reply.head;
    const total = reply.head - this.#replayFrom;
    this.#input.open(reply.epoch, fresh);
    this.#patch({
      phase: 'live',
      epoch: reply.epoch,
      viewerId: reply.viewerId,
      controls: reply.controller,
      awaiting,
      replay: !awaiting && total > REPLAY_SHOWN_BYTES ? { done: 0, total } : null,
    });
    this.type(this.#early.take());
    this.#clearRetry();
    if (awaiting) this.#retry = setTimeout(() => this.#later(), SNAPSHOT_WAIT_MS);
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
    if (outcome.fault) {
      this.#counts.faults += 1;
      return this.#later();
    }
    if (outcome.restarted) {
      this.#acked = 0;
      this.#liveFrom = 0;
      this.#input.open(this.#place.epoch ?? 1, false);
      this.#patch({ epoch: this.#place.epoch, exit: null, dropped: 0, replay: null, notSent: null });
    }
    if (outcome.dropped !== undefined) this.#patch({ dropped: this.state.get().dropped + outcome.dropped });
    for (const step of outcome.steps) {
      if ('cols' in step) this.#patch({ cols: step.cols, rows: step.rows });
      if (step.do === 'redraw') this.#onSnapshot(step.upTo);
      if (step.do === 'reset') this.#parsed = step.upTo;
    }
    this.#queue.push(outcome.steps);
    if (outcome.exit) {
      this.#input.close(ended());
      this.#patch({ exit: outcome.exit });
    }
    this.#conditions.changed();
  }

  #onSnapshot(offset: number): void {
    this.#clearRetry();
    this.#counts.snapshots += 1;
    // Its offset is acknowledged whatever was before.
    this.#acked = offset - 1;
    this.#patch({ awaiting: false, replay: null });
  }

  #later(): void {
    this.#place.detached();
    this.#clearRetry();
    this.#patch({ phase: 'attaching', awaiting: false });
    this.#retry = setTimeout(() => void this.attach(), FAULT_RETRY_MS);
  }

  #clearRetry(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }

  #onParsed({ epoch, offset, redrawn }: Parsed): void {
    if (epoch !== this.#place.epoch) return;
    this.#parsed = offset;
    const { replay } = this.state.get();
    if (replay) {
      const done = offset - this.#replayFrom;
      this.#patch({ replay: done >= replay.total ? null : { ...replay, done } });
    }
    const due = redrawn || offset - this.#acked >= this.#windowBytes / 4 || this.#queue.idle;
    const { sessionId, link } = this.options;
    if (due && offset > this.#acked && link.send('session.ack', { sessionId, epoch, offset }))
      this.#acked = offset;
    this.#conditions.changed();
  }

  #onRefused(error: ApiError): void {
    this.#patch({ notSent: error });
    if (error.code === 'INPUT_GAP') {
      // The numbers of this viewer are beyond repair: come back as a new one.
      this.#viewerId = null;
      void this.attach();
    } else if (error.code === 'NOT_ATTACHED' || error.code === 'STALE_EPOCH') void this.attach();
  }

  #patch(change: Partial<TerminalState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}
