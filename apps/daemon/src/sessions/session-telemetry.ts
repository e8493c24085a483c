// The telemetry of one session's newest epoch: taken up after a restart, let go of a while after the agent's end.
import type { FactBody } from '@roundhouse/protocol';
import type { SessionRecord } from './session-record.js';
import type { SessionSurroundings } from './session-surroundings.js';

/** An agent's last telemetry may come a moment after its exit. */
const afterExitMs = 60_000;

export interface SessionTelemetryOptions {
  readonly around: SessionSurroundings;
  readonly record: () => SessionRecord;
  readonly tell: (fact: FactBody) => Promise<void>;
  readonly background: (work: Promise<void>) => void;
}

export class SessionTelemetry {
  constructor(private readonly options: SessionTelemetryOptions) {}

  /** After a restart of the daemon. What the last one counted and did not tell is told. */
  async register(isOver: boolean): Promise<void> {
    const { around, record, tell } = this.options;
    const { sessionId, epoch, telemetryTokenHash: tokenHash, profile } = record();
    if (tokenHash === null || (isOver && !around.telemetry.hasUnsettled({ sessionId, epoch }))) return;
    const telemetry = around.meaningOf(profile);
    const report = await around.telemetry.register({ sessionId, epoch, tokenHash, telemetry });
    // The hub drops it if it knows it.
    if (report) await tell({ kind: 'session.usage', sessionId, epoch, ...report });
    if (isOver) await this.unregister();
  }

  unregister(): Promise<void> {
    const { sessionId, epoch } = this.options.record();
    return this.options.around.telemetry.unregister({ sessionId, epoch });
  }

  release(): void {
    const { around, background } = this.options;
    const { sessionId, epoch } = this.options.record();
    around.clock.after(afterExitMs, () => {
      background(around.telemetry.unregister({ sessionId, epoch }));
    });
  }
}
