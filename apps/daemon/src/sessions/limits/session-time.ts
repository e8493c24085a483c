// The time limit of a session's present life: told in its notes before it ends, and why it ended in its record.
import type { Clock } from '@roundhouse/kit';
import type { Reason, SessionReason } from '@roundhouse/protocol';
import type { SessionRecord } from '../session-record.js';
import { TimeLimit } from './time-limit.js';

export interface SessionTimeOptions {
  readonly clock: Clock;
  readonly record: () => SessionRecord;
  readonly isOver: () => boolean;
  readonly update: (change: Partial<SessionRecord>) => Promise<void>;
  readonly reasonOf: (code: SessionReason) => Reason;
  readonly background: (work: Promise<void>) => void;
  /** Begins the ordinary stop. */
  readonly stop: () => void;
}

/** As many as the wire takes. */
const NOTES_MAX = 10;

export class SessionTime {
  readonly #options: SessionTimeOptions;
  #limit: TimeLimit | null = null;
  #isNear = false;

  constructor(options: SessionTimeOptions) {
    this.#options = options;
  }

  /** Whether the end was told to be near. */
  get isNear(): boolean {
    return this.#isNear;
  }

  /** The agent runs, or was found running: its time counts from its start. */
  begin(): void {
    const { clock, record, isOver, background } = this.#options;
    const { startedAt, limits = {} } = record();
    const { timeMinutes: minutes } = limits;
    this.dispose();
    if (minutes === undefined || startedAt === null || isOver()) return;
    this.#limit = new TimeLimit({
      ...{ clock, minutes, startedAt: Date.parse(startedAt) },
      onWarn: (endsAt) => {
        this.#isNear = true;
        background(this.#warn(minutes, endsAt));
      },
      onEnd: () => {
        background(this.#end());
      },
    });
  }

  dispose(): void {
    this.#isNear = false;
    this.#limit?.dispose();
    this.#limit = null;
  }

  async #warn(minutes: number, endsAt: number): Promise<void> {
    const { record, update, isOver } = this.#options;
    const { notes = [] } = record();
    const at = new Date(endsAt).toISOString().slice(11, 16);
    const note = `It is stopped at ${at} UTC: its time limit is ${String(minutes)} min`;
    if (!isOver() && !notes.includes(note)) await update({ notes: [...notes, note].slice(-NOTES_MAX) });
  }

  async #end(): Promise<void> {
    const { record, update, isOver, reasonOf, stop } = this.#options;
    if (isOver() || record().stop) return;
    try {
      // Before the stop: a daemon that dies in between still knows why.
      await update({ reason: reasonOf('TIME_LIMIT') });
    } finally {
      stop();
    }
  }
}
