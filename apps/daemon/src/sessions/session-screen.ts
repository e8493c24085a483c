// The screen of a session: drawn by a thread while it runs, and from what it left on disk afterwards.
import type { Clock, Logger } from '@roundhouse/kit';
import {
  AppError,
  type TerminalGrid,
  type TerminalPreview,
  type TerminalSnapshot,
} from '@roundhouse/protocol';
import { AnswerWriter } from '../terminal/screen/answer-writer.js';
import type { ScreenSpec } from '../terminal/screen/messages.js';
import type { ScreenPool } from '../terminal/screen/screen-pool.js';
import type { SessionDir, SessionRecord } from './session-record.js';

export interface SessionScreenOptions {
  readonly dir: SessionDir;
  readonly screens: ScreenPool;
  readonly generation: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly record: () => SessionRecord;
  readonly isOver: () => boolean;
  /** Types to the agent of an epoch. */
  readonly input: (epoch: number, client: string, seq: number, data: Buffer) => Promise<void>;
}

export class SessionScreen {
  readonly #options: SessionScreenOptions;
  readonly #answers: AnswerWriter;

  constructor(options: SessionScreenOptions) {
    this.#options = options;
    const { epoch } = options.record();
    this.#answers = new AnswerWriter(
      `screen-${String(options.generation)}`,
      (client, seq, data) => options.input(epoch, client, seq, data),
      options.logger,
    );
  }

  /** Follows the terminal. Queries before `answersFrom` are not answered: somebody may have, or nobody waits any more. */
  begin(answersFrom: number | 'head'): void {
    const { screens, record } = this.#options;
    screens.open({ ...this.#spec(record().epoch), live: true, answersFrom });
  }

  /** An answer of the screen to its agent. */
  type(epoch: number, text: string): void {
    if (epoch === this.#options.record().epoch && !this.#options.isOver()) this.#answers.push(text);
  }

  /** @throws AppError NOT_FOUND, SESSION_NOT_RUNNING, TIMEOUT */
  snapshot(epoch: number | null, scrollback: number): Promise<TerminalSnapshot> {
    return this.#options.screens.ask(this.#known(epoch), { kind: 'snapshot', scrollback });
  }

  /** @throws AppError as `snapshot` */
  grid(epoch: number, atLeast: number): Promise<TerminalGrid> {
    return this.#options.screens.ask(this.#known(epoch), { kind: 'grid', atLeast });
  }

  /** @throws AppError as `snapshot` */
  preview(): Promise<TerminalPreview> {
    return this.#options.screens.ask(this.#known(null), { kind: 'preview' });
  }

  /** The visible rows. @throws AppError as `snapshot` */
  text(): Promise<readonly string[]> {
    return this.#options.screens.ask(this.#known(null), { kind: 'text' });
  }

  /** Drawn by a thread now: its previews come by themselves. */
  get isLive(): boolean {
    return this.#options.screens.isLive(this.#options.record());
  }

  /** Nothing is written to the directory any more once this has resolved. */
  forget(): Promise<void> {
    return this.#options.screens.close(this.#options.record());
  }

  #known(epoch: number | null): ScreenSpec {
    const { record, isOver, screens } = this.#options;
    const current = record().epoch;
    const wanted = epoch ?? current;
    if (wanted > current) throw new AppError('NOT_FOUND', { message: 'The session has had no such epoch' });
    const spec = this.#spec(wanted);
    if (wanted === current && !isOver() && !screens.isLive(spec)) throw new AppError('SESSION_NOT_RUNNING');
    return spec;
  }

  #spec(epoch: number): ScreenSpec {
    const { dir, record } = this.#options;
    const { sessionId, cols, rows } = record();
    return { sessionId, epoch, dir: dir.epoch(epoch), cols, rows, live: false, answersFrom: 'head' };
  }
}
