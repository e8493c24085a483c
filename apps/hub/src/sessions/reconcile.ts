// What the hub must change when a daemon says what it has. Pure.
import { hasEnded, type ReportedSession, type Session, type SessionId } from '@roundhouse/protocol';
import type { Command } from './command.repository.js';

export interface ReconcileInput {
  /** Rows of this host with the ids that were reported, and all that have not ended. */
  readonly rows: ReadonlyMap<SessionId, Session>;
  readonly reported: readonly ReportedSession[];
  readonly tombstones: ReadonlySet<SessionId>;
  readonly commands: readonly Command[];
  readonly now: Date;
  /** False for a heartbeat, which may have been written before a spawn arrived: absence proves nothing then. */
  readonly complete: boolean;
}

export type ReconcileAction =
  | { readonly kind: 'orphan'; readonly seen: ReportedSession }
  | { readonly kind: 'forget'; readonly sessionId: SessionId }
  | { readonly kind: 'observed'; readonly seen: ReportedSession }
  | { readonly kind: 'stop'; readonly session: Session }
  | { readonly kind: 'lost'; readonly session: Session }
  | { readonly kind: 'expire'; readonly command: Command };

export function reconcile(input: ReconcileInput): ReconcileAction[] {
  const seen = new Set(input.reported.map(({ sessionId }) => sessionId));
  const present = input.reported.flatMap((report) => forReported(report, input));
  const absent = input.complete
    ? [...input.rows.values()]
        .filter(({ id }) => !seen.has(id))
        .flatMap((session) => forAbsent(session, input))
    : [];
  return [...present, ...absent];
}

function forReported(seen: ReportedSession, { rows, tombstones }: ReconcileInput): ReconcileAction[] {
  const row = rows.get(seen.sessionId);
  const over = hasEnded(seen.state);
  if (!row) {
    return over && tombstones.has(seen.sessionId)
      ? [{ kind: 'forget', sessionId: seen.sessionId }]
      : [{ kind: 'orphan', seen }];
  }
  // How a session ended is told by facts, which are applied once and in order.
  if (over || row.epoch !== seen.epoch) return [];
  // A spawn that was given up here, and was started there all the same.
  if (row.state === 'failed' || (row.state === 'exited' && row.exitCode === null && row.startedAt === null)) {
    return [{ kind: 'stop', session: row }];
  }
  return row.state === 'exited' || row.state === 'interrupted' ? [] : [{ kind: 'observed', seen }];
}

function forAbsent(session: Session, { commands, now }: ReconcileInput): ReconcileAction[] {
  if (hasEnded(session.state)) return [];
  const spawn = commands.find(
    ({ op, sessionId }) => op.kind === 'spawn' && sessionId === session.id && op.epoch === session.epoch,
  );
  if (!spawn || spawn.state === 'taken') return [{ kind: 'lost', session }];
  const late = spawn.deadlineAt !== null && spawn.deadlineAt <= now;
  return late ? [{ kind: 'expire', command: spawn }] : [];
}
