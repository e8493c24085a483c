// The receiving end of one session's stream: what the hub says in, what the emulator must do out. Pure.
// Every byte is applied exactly once, whatever is repeated, cut or sent again after a reconnect.
import type { Exit, PayloadOf, ReplyOf, UiEvents } from '@roundhouse/protocol';

type Payload<K extends keyof UiEvents> = Omit<PayloadOf<UiEvents[K]>, 'sessionId'>;

export type StreamEvent =
  | ({ kind: 'output' } & Payload<'session.output'>)
  | ({ kind: 'snapshot' } & Payload<'session.snapshot'>)
  | ({ kind: 'resized' } & Payload<'session.resized'>)
  | ({ kind: 'gap' } & Payload<'session.gap'>)
  | ({ kind: 'exit' } & Payload<'session.exit'>);

export type AttachReply = ReplyOf<UiEvents['session.attach']>;

/** What the emulator must do, in this order. */
export type Step =
  /** `upTo`: the offset that is parsed once `data` is. */
  | { do: 'write'; data: Uint8Array; epoch: number; upTo: number }
  /** `upTo`: the offset that what follows begins at. */
  | { do: 'reset'; cols: number; rows: number; upTo: number }
  /** Everything anew, from a screen as `data`, without a blank moment between. */
  | { do: 'redraw'; cols: number; rows: number; data: Uint8Array; epoch: number; upTo: number }
  | { do: 'resize'; cols: number; rows: number }
  /** Bytes are missing here: what was half read must not be joined with what follows. */
  | { do: 'break' };

export interface Outcome {
  readonly steps: readonly Step[];
  /** The events do not fit together: attach again from `place()`. */
  readonly fault?: true;
  /** Bytes that are gone for good. */
  readonly dropped?: number;
  readonly exit?: Exit;
  /** A new life of the session began. */
  readonly restarted?: true;
}

/** Events that may come between the answer to an attach and its snapshot; more is a hub gone wrong. */
const EARLY_MAX_EVENTS = 256;

const nothing: Outcome = { steps: [] };
const fault: Outcome = { steps: [], fault: true };

export class StreamState {
  #epoch: number | null = null;
  /** The next byte that was not handed on yet. */
  #next = 0;
  /** Events count only between the answer to an attach and the next loss of the link. */
  #attached = false;
  /** A snapshot is on its way; what comes before it waits here. Null while none is. */
  #early: StreamEvent[] | null = null;
  /** The next snapshot was asked for, and counts even if it is of an earlier byte. */
  #wanted = false;

  get epoch(): number | null {
    return this.#epoch;
  }

  get next(): number {
    return this.#next;
  }

  /** The answer to an attach promised a snapshot that is not here yet. */
  get awaitsSnapshot(): boolean {
    return this.#early !== null;
  }

  /** A snapshot was asked for: more history, or a screen to trust again. */
  wantSnapshot(): void {
    this.#wanted = true;
  }

  /** Where to attach: after what was handed on already. */
  place(): { epoch: number; fromOffset: number } | Record<string, never> {
    return this.#epoch === null ? {} : { epoch: this.#epoch, fromOffset: this.#next };
  }

  /** The link is gone, or an attach was sent: whatever arrives until its answer belongs to the past. */
  detached(): void {
    this.#attached = false;
    this.#early = null;
    this.#wanted = false;
  }

  /** The place is not valid any more: begin afresh at the next attach. */
  forget(): void {
    this.#epoch = null;
    this.#next = 0;
    this.detached();
  }

  attached({ epoch, offset, cols, rows, mode }: AttachReply): Outcome {
    const same = this.#epoch === epoch;
    const asked = same ? this.#next : 0;
    this.#attached = true;
    this.#early = null;
    if (mode === 'snapshot') {
      // The old picture stays until the new one is here.
      this.#early = [];
      this.#wanted = true;
      return nothing;
    }
    // Never backwards: what the hub sends again is trimmed.
    if (same && offset < this.#next) return nothing;
    if (same && offset === this.#next) return { steps: [this.#size(cols, rows)] };
    const restarted = this.#epoch !== null && !same;
    this.#begin(epoch, offset);
    const dropped = mode === 'exact' ? offset - asked : 0;
    const steps: Step[] = same
      ? [{ do: 'break' }, this.#size(cols, rows)]
      : [{ do: 'reset', cols, rows, upTo: offset }];
    return { steps, ...(dropped > 0 ? { dropped } : {}), ...(restarted ? { restarted } : {}) };
  }

  apply(event: StreamEvent): Outcome {
    if (!this.#attached) return nothing;
    if (event.kind === 'snapshot') return this.#snapshot(event);
    if (this.#early) {
      if (this.#early.length >= EARLY_MAX_EVENTS) return fault;
      this.#early.push(event);
      return nothing;
    }
    if (this.#epoch === null) return nothing;
    if (event.epoch !== this.#epoch) return event.epoch > this.#epoch ? fault : nothing;
    switch (event.kind) {
      case 'output':
        return this.#output(event.offset, event.data);
      case 'resized':
        return this.#resized(event);
      case 'gap':
        return this.#gap(event.to, event.from);
      case 'exit':
        if (event.offset !== this.#next) return event.offset > this.#next ? fault : nothing;
        return { steps: [], exit: { exitCode: event.exitCode, signal: event.signal } };
    }
  }

  #output(offset: number, data: Uint8Array): Outcome {
    const end = offset + data.byteLength;
    if (offset > this.#next) return fault;
    if (end <= this.#next) return nothing;
    const fresh = data.subarray(this.#next - offset);
    this.#next = end;
    return { steps: [{ do: 'write', data: fresh, epoch: this.#epoch ?? 0, upTo: end }] };
  }

  #resized({ offset, cols, rows }: Payload<'session.resized'>): Outcome {
    if (offset > this.#next) return fault;
    // It came before the bytes that follow it: with several at one byte, a repeat of the first is not the size of now.
    if (offset < this.#next) return nothing;
    return { steps: [this.#size(cols, rows)] };
  }

  #gap(to: number, from: number): Outcome {
    if (to <= this.#next) return nothing;
    // Bytes between our place and the gap were never sent to us: those may still be had.
    if (from > this.#next) return fault;
    const dropped = to - this.#next;
    this.#next = to;
    return { steps: [{ do: 'break' }], dropped };
  }

  #snapshot({ epoch, offset, cols, rows, data }: Payload<'session.snapshot'>): Outcome {
    const known = this.#epoch;
    if (known !== null && epoch < known) return nothing;
    // A screen of the past that nobody asked for would take back what was shown already; its bytes come again.
    if (epoch === known && offset < this.#next && !this.#wanted) return nothing;
    const early = this.#early ?? [];
    this.#early = null;
    this.#wanted = false;
    this.#begin(epoch, offset);
    const drawn: Step = { do: 'redraw', cols, rows, data, epoch, upTo: offset };
    const first: Outcome = {
      steps: [drawn],
      ...(known !== null && epoch > known ? { restarted: true } : {}),
    };
    return early.reduce((all, event) => join(all, this.apply(event)), first);
  }

  #begin(epoch: number, offset: number): void {
    this.#epoch = epoch;
    this.#next = offset;
  }

  #size(cols: number, rows: number): Step {
    return { do: 'resize', cols, rows };
  }
}

const join = (a: Outcome, b: Outcome): Outcome => ({ ...a, ...b, steps: [...a.steps, ...b.steps] });
