// What plugins and status lines tell of an agent's usage, handed to telemetry.
import type { Clock, Logger } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import type { Telemetry } from '../otlp/telemetry.js';
import type { Source } from '../otlp/token-registry.js';
import type { HookEvent, HookListener } from './hooks/hook-event.js';

/** The relay's name for what an agent's status line is given. */
const statusLineEvent = 'status';

export interface UsageFeedOptions {
  readonly telemetry: Pick<Telemetry, 'takeEvent' | 'takeStatement'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class UsageFeed {
  readonly #options: UsageFeedOptions;

  constructor(options: UsageFeedOptions) {
    this.#options = options;
  }

  /** Resolves when what it told is stored. */
  readonly onHook: HookListener = ({ event, payload, ageMs, ...source }: HookEvent) => {
    const { telemetry, clock } = this.#options;
    const ms = clock.now() - ageMs;
    return this.#kept(
      source,
      event === statusLineEvent
        ? telemetry.takeStatement(source, { source: 'status-line', document: payload, ms })
        : telemetry.takeEvent(source, { event, payload, ms }),
    );
  };

  /** Never rejects: an agent that is over is not counted any more, and a full disk is told by telemetry itself. */
  async #kept({ sessionId, epoch }: Source, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (err) {
      if (err instanceof AppError && err.code === 'UNAUTHENTICATED') return;
      this.#options.logger.warn({ err, sessionId, epoch }, 'what an agent told of its usage was not kept');
    }
  }
}
