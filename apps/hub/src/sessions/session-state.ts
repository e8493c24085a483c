// What happens to a session when something happens: pure, by the table of legal moves.
import {
  AppError,
  errorTable,
  hasEnded,
  isErrorCode,
  mayMove,
  sessionReasons,
  type DesiredState,
  type Reason,
  type SessionReason,
  type SessionState,
} from '@roundhouse/protocol';

/** What the rules look at. */
export interface SessionCore {
  readonly state: SessionState;
  readonly desired: DesiredState;
  readonly epoch: number;
  /** Set when this life has started already. */
  readonly startedAt: string | null;
  readonly stateReason?: Reason | null;
}

export interface Transition {
  readonly state: SessionState;
  readonly desired?: DesiredState;
  readonly stateReason: Reason | null;
  readonly exitCode?: number | null;
  readonly signal?: string | null;
  /** The session ended now, or (null) is not ended any more. */
  readonly ended?: boolean;
  readonly started?: boolean;
}

interface StopEvent {
  readonly kind: 'stop' | 'cancelled';
  /** Why the hub stops it; without one it was a person. */
  readonly reason?: Reason | null;
}

export type SessionEvent =
  | { readonly kind: 'taken' }
  | { readonly kind: 'started' }
  | { readonly kind: 'failed'; readonly reason: Reason }
  | {
      readonly kind: 'exited';
      readonly exitCode: number | null;
      readonly signal: string | null;
      /** Why its host ended it by itself. */
      readonly reason?: Reason | undefined;
    }
  | { readonly kind: 'lost'; readonly state: 'lost' | 'interrupted'; readonly reason: Reason }
  | StopEvent
  | { readonly kind: 'host-gone' }
  | { readonly kind: 'observed'; readonly state: 'starting' | 'running' | 'stopping' };

/** The words of a reason, from the table of sessions or of errors. */
export function reasonOf(code: SessionReason | keyof typeof errorTable, message?: string): Reason {
  if (isErrorCode(code)) {
    const { title, hint } = errorTable[code];
    return { code, message: message ?? title, hint };
  }
  const [title, hint] = sessionReasons[code];
  return { code, message: message ?? title, hint };
}

/** The change that the event makes, or null when it changes nothing (a repeat, or too late). */
export function transition(session: SessionCore, event: SessionEvent): Transition | null {
  const next = withWhy(session, decide(session, event));
  if (!next || next.state === session.state) return next && changesReason(event) ? next : null;
  return mayMove(session.state, next.state) ? next : null;
}

/** Why the hub stopped it stays, while it stops and when it has ended; only a worse end has its own words. */
function withWhy({ desired, stateReason }: SessionCore, next: Transition | null): Transition | null {
  if (!next || desired !== 'stopped' || stateReason?.code !== 'BUDGET_SPENT') return next;
  const plain = next.stateReason === null || plainStops.includes(next.stateReason.code);
  return plain ? { ...next, stateReason } : next;
}

const plainStops: readonly string[] = ['STOPPED_BY_USER', 'STOP_PENDING'] satisfies SessionReason[];

/** Events that are told even when the state stays: a stop has words, a start a time. */
const changesReason = (event: SessionEvent): boolean => event.kind === 'stop' || event.kind === 'started';

function decide(session: SessionCore, event: SessionEvent): Transition | null {
  const { state, desired } = session;
  switch (event.kind) {
    case 'taken':
      return state === 'queued' || state === 'unknown' ? { state: 'starting', stateReason: null } : null;
    case 'started':
      return started(session);
    case 'failed':
      return desired === 'stopped'
        ? { state: 'exited', stateReason: reasonOf('STOPPED_BY_USER'), ended: true }
        : { state: 'failed', stateReason: event.reason, ended: true };
    case 'exited':
      return exited(session, event);
    case 'lost':
      return { state: event.state, stateReason: event.reason, ended: true };
    case 'stop':
      return stopped(state, event);
    case 'cancelled':
      return cancelled(event);
    case 'host-gone':
      if (hasEnded(state)) return null;
      return {
        state: 'unknown',
        stateReason: reasonOf(desired === 'stopped' ? 'STOP_PENDING' : 'HOST_UNREACHABLE'),
      };
    case 'observed':
      return observed(session, event.state);
  }
}

const started = ({ desired, startedAt }: SessionCore): Transition => ({
  state: desired === 'stopped' ? 'stopping' : 'running',
  stateReason: null,
  started: startedAt === null,
  ended: false,
});

function exited(
  { desired }: SessionCore,
  event: { exitCode: number | null; signal: string | null; reason?: Reason | undefined },
): Transition {
  const { exitCode, signal, reason } = event;
  const own = reason ?? reasonOf(exitCode === 0 ? 'EXITED' : 'CRASHED');
  const stateReason = desired === 'stopped' ? reasonOf('STOPPED_BY_USER') : own;
  return { state: 'exited', stateReason, exitCode, signal, ended: true };
}

const cancelled = ({ reason }: StopEvent): Transition => ({
  state: 'exited',
  desired: 'stopped',
  stateReason: reason ?? reasonOf('STOPPED_BY_USER'),
  ended: true,
});

function stopped(state: SessionState, { reason }: StopEvent): Transition | null {
  if (hasEnded(state)) return null;
  if (state === 'unknown')
    return { state, desired: 'stopped', stateReason: reason ?? reasonOf('STOP_PENDING') };
  return { state: 'stopping', desired: 'stopped', stateReason: reason ?? null };
}

function observed(
  { state, desired }: SessionCore,
  seen: 'starting' | 'running' | 'stopping',
): Transition | null {
  if (hasEnded(state) && state !== 'lost') return null;
  if (desired === 'stopped') return { state: 'stopping', stateReason: null, ended: false };
  return { state: seen === 'stopping' ? 'running' : seen, stateReason: null, ended: false };
}

/** @throws AppError SESSION_RUNNING */
export function requireEnded(session: SessionCore): void {
  if (!hasEnded(session.state)) throw new AppError('SESSION_RUNNING');
}
