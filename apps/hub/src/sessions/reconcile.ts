// What the hub must change when a daemon says what it has. Pure.
import { hasEnded, type ReportedSession, type Session, type SessionId } from '@roundhouse/protocol';
import type { Command } from './command.repository.js';
import type { EndedRow } from './session.repository.js';

export interface ReconcileInput {
  /** Rows of this host that have not ended, and those of sessions that are reported as not ended. */
  readonly rows: ReadonlyMap<SessionId, Session>;
  /** Other sessions that are reported and have a row, which have ended. */
  readonly known: ReadonlyMap<SessionId, EndedRow>;
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
  | { readonly kind: 'observed'; readonly session: Session; readonly seen: ReportedSession }
  /** Told too late for the fact of its end, or to a hub that did not listen yet. */
  | { readonly kind: 'learnt'; readonly seen: ReportedSession }
  /** Only what a person wanted stopped, or was told that it never started. `anew`: though a stop was taken once. */
  | { readonly kind: 'stop'; readonly session: Session; readonly anew: boolean }
  | { readonly kind: 'lost'; readonly session: Session }
  | { readonly kind: 'expire'; readonly command: Command };

export function reconcile(input: ReconcileInput): ReconcileAction[] {
  const present = input.reported.flatMap((report) => forReported(report, input));
  if (!input.complete) return present;
  const epochs = new Map(input.reported.map(({ sessionId, epoch }) => [sessionId, epoch]));
  // A daemon that has only an earlier life of a session does not have the session as it is wanted.
  const absent = [...input.rows.values()].filter(({ id, epoch }) => (epochs.get(id) ?? 0) < epoch);
  return [...present, ...absent.flatMap((session) => forAbsent(session, input))];
}

function forReported(seen: ReportedSession, input: ReconcileInput): ReconcileAction[] {
  const { rows, known, tombstones, complete } = input;
  const over = hasEnded(seen.state);
  const row = rows.get(seen.sessionId);
  if (!row) {
    const ended = known.get(seen.sessionId);
    if (ended) return isNews(seen, ended) ? [{ kind: 'learnt', seen }] : [];
    return over && tombstones.has(seen.sessionId)
      ? [{ kind: 'forget', sessionId: seen.sessionId }]
      : [{ kind: 'orphan', seen }];
  }
  // How a session ended is told by facts, which are applied once and in order.
  if (over || row.epoch !== seen.epoch) return [];
  if (wasGivenUp(row)) return [{ kind: 'stop', session: row, anew: false }];
  if (row.state === 'exited' || row.state === 'interrupted') return [];
  const observed = { kind: 'observed', session: row, seen } as const;
  // The stop was taken, and forgotten by a daemon that died.
  const forgotten = complete && row.desired === 'stopped' && seen.state !== 'stopping';
  return forgotten ? [observed, { kind: 'stop', session: row, anew: true }] : [observed];
}

/** The agent's own id of the conversation of this very life. */
const isNews = ({ epoch, conversationId }: ReportedSession, row: EndedRow): boolean =>
  epoch === row.epoch && (conversationId ?? null) !== null && conversationId !== row.conversationId;

/** A spawn that was given up here, and was started there all the same. */
const wasGivenUp = (row: Session): boolean =>
  row.state === 'failed' || (row.state === 'exited' && row.exitCode === null && row.startedAt === null);

function forAbsent(session: Session, { commands, now }: ReconcileInput): ReconcileAction[] {
  if (hasEnded(session.state)) return [];
  const spawn = commands.find(
    ({ op, sessionId }) => op.kind === 'spawn' && sessionId === session.id && op.epoch === session.epoch,
  );
  if (!spawn || spawn.state === 'taken') return [{ kind: 'lost', session }];
  const late = spawn.deadlineAt !== null && spawn.deadlineAt <= now;
  return late ? [{ kind: 'expire', command: spawn }] : [];
}
