// Tells those who accompany agents of the life of one session's agent, once each.
import type { ReportedSession } from '@roundhouse/protocol';
import type { AgentWatcher } from './agent-life.js';
import type { SessionDir, SessionRecord } from './session-record.js';

export interface AgentWatchOptions {
  readonly watchers: readonly AgentWatcher[];
  readonly dir: SessionDir;
  readonly record: () => SessionRecord;
}

export class AgentWatch {
  #begun = false;

  constructor(private readonly options: AgentWatchOptions) {}

  begin(found: boolean): void {
    if (this.#begun) return;
    this.#begun = true;
    const { watchers, dir, record } = this.options;
    const { sessionId, epoch, profile, project, cwd } = record();
    const life = { sessionId, epoch, profile, project, cwd: cwd ?? project, dir, found };
    for (const watcher of watchers) watcher.begun(life);
  }

  end(): void {
    if (!this.#begun) return;
    this.#begun = false;
    const { sessionId, epoch } = this.options.record();
    for (const watcher of this.options.watchers) watcher.ended({ sessionId, epoch });
  }

  report(): Partial<ReportedSession> {
    const { watchers, record } = this.options;
    const { sessionId, epoch } = record();
    const parts = watchers.map((watcher) => watcher.report?.(sessionId, epoch) ?? {});
    return Object.assign({}, ...parts) as Partial<ReportedSession>;
  }
}
