// From the states of the wire to the one kind that a glyph shows.
import type { Session } from '@roundhouse/protocol';

export type StatusKind =
  | 'queued'
  | 'starting'
  | 'running'
  | 'working'
  | 'waiting'
  | 'idle'
  | 'rate-limited'
  | 'error'
  | 'stopping'
  | 'exited'
  | 'crashed'
  | 'failed'
  | 'lost'
  | 'interrupted'
  | 'unknown'
  | 'online'
  | 'unreachable'
  | 'offline'
  | 'pending'
  | 'done'
  | 'busy'
  | 'todo';

/** The members of a session that decide its status. */
export type SessionStatusInput = Pick<Session, 'state' | 'desired' | 'activity' | 'exitCode' | 'signal'>;

/**
 * A running session shows its activity. An ended one that nobody stopped is `crashed` if its code is not 0 or a signal
 * ended it.
 */
export function sessionStatus(session: SessionStatusInput): StatusKind {
  if (session.state === 'running') return session.activity?.kind ?? 'running';
  if (session.state !== 'exited' || session.desired === 'stopped') return session.state;
  const clean = (session.exitCode ?? 0) === 0 && session.signal === null;
  return clean ? 'exited' : 'crashed';
}

/** Lists are sorted by need: what waits first, what has ended last. */
const needOrder: readonly StatusKind[] = [
  'waiting',
  'crashed',
  'failed',
  'lost',
  'error',
  'rate-limited',
  'working',
  'running',
  'starting',
  'stopping',
  'queued',
  'idle',
  'unknown',
  'interrupted',
  'exited',
];

/** Rank for sorting; smaller is more urgent. */
export const needRank = (kind: StatusKind): number => {
  const at = needOrder.indexOf(kind);
  return at === -1 ? needOrder.length : at;
};

/** What an agent does all day: its place in a list must not change with each of them. */
const calm: readonly StatusKind[] = ['working', 'idle', 'running', 'starting'];
export const isCalm = (kind: StatusKind): boolean => calm.includes(kind);
/** Rank for the places of a list; calm ones are of one rank. */
export const placeRank = (kind: StatusKind): number => needRank(isCalm(kind) ? 'working' : kind);
