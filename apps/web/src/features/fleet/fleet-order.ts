// Which sessions the fleet shows, in which order, under which filter. Pure.
import { hasEnded, type CostSource, type Host, type HostId, type Session } from '@roundhouse/protocol';
import { isCalm, placeRank, sessionStatus, type StatusKind } from '../../lib/status.js';
import type { FleetFilter } from './fleet-search.js';

/** A session that ended badly stays among the others this long; then it moves to the ended ones. */
const ATTENTION_MS = 24 * 3_600_000;

const badEnds: readonly StatusKind[] = ['crashed', 'failed', 'lost', 'interrupted'];
const filterByKind: Partial<Record<StatusKind, FleetFilter>> = {
  waiting: 'waiting',
  crashed: 'crashed',
  failed: 'crashed',
  lost: 'crashed',
  interrupted: 'crashed',
  error: 'crashed',
  idle: 'idle',
  unknown: 'unknown',
};

/** Whether a session belongs to the collapsed ended ones of its host. */
export function isPast(session: Session, now: number): boolean {
  if (!hasEnded(session.state)) return false;
  const bad = badEnds.includes(sessionStatus(session));
  return !bad || now - Date.parse(session.endedAt ?? session.createdAt) > ATTENTION_MS;
}

const filterOf = (session: Session, now: number): FleetFilter =>
  isPast(session, now) ? 'ended' : (filterByKind[sessionStatus(session)] ?? 'working');

/** How many sessions each filter shows; `all` leaves the ended ones out. */
export function countByFilter(sessions: readonly Session[], now: number): Record<FleetFilter, number> {
  const counts = { all: 0, waiting: 0, crashed: 0, working: 0, idle: 0, unknown: 0, ended: 0 };
  for (const session of sessions) {
    const filter = filterOf(session, now);
    counts[filter] += 1;
    if (filter !== 'ended') counts.all += 1;
  }
  return counts;
}

const since = (session: Session): number =>
  Date.parse(session.activity?.since ?? session.endedAt ?? session.startedAt ?? session.createdAt);

/**
 * By need; among waiting ones the oldest first, among calm ones the newest session, else the newest change.
 * Ended ones: newest first.
 */
export function byNeed(a: Session, b: Session): number {
  const [kindA, kindB] = [sessionStatus(a), sessionStatus(b)];
  const rank = placeRank(kindA) - placeRank(kindB);
  if (rank !== 0) return rank;
  const age = isCalm(kindA)
    ? Date.parse(b.createdAt) - Date.parse(a.createdAt)
    : kindA === 'waiting'
      ? since(a) - since(b)
      : since(b) - since(a);
  return age !== 0 ? age : a.id < b.id ? -1 : 1;
}

/** Every word of the query occurs in the session's names, agent, project, branch, task or host. */
export function matchesQuery(session: Session, host: Host | undefined, query: string): boolean {
  const parts = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (parts.length === 0) return true;
  const { name, profile, projectName, project, branch, task } = session;
  const text = [name, profile, projectName, project, branch, task, host?.name].join(' ').toLowerCase();
  return parts.every((part) => text.includes(part));
}

export interface HostGroup {
  readonly host: Host;
  /** Sorted by need. */
  readonly current: readonly Session[];
  /** Newest first. */
  readonly past: readonly Session[];
}

export interface FleetInput {
  readonly hosts: readonly Host[];
  readonly sessions: readonly Session[];
  readonly filter: FleetFilter;
  readonly query: string;
  readonly now: number;
  /** Ids in the order that must be kept now (the pointer is over the list); new ones follow. */
  readonly held?: readonly string[] | null;
}

/** Hosts with what is shown of their sessions. With a filter or a query, hosts without a match are left out. */
export function groupFleet({ hosts, sessions, filter, query, now, held }: FleetInput): HostGroup[] {
  const place = new Map((held ?? []).map((id, i) => [id, i]));
  const rank = ({ id }: Session): number => place.get(id) ?? place.size;
  const order = (a: Session, b: Session): number => rank(a) - rank(b) || byNeed(a, b);
  const newest = (a: Session, b: Session): number => since(b) - since(a);
  const groups = hosts.map((host): HostGroup => {
    const own = sessions.filter((each) => each.hostId === host.id && matchesQuery(each, host, query));
    const past = own.filter((each) => isPast(each, now));
    const current = own.filter(
      (each) => !isPast(each, now) && (filter === 'all' || filterOf(each, now) === filter),
    );
    const showPast = filter === 'all' || filter === 'ended';
    return {
      host,
      current: current.toSorted(order),
      past: showPast ? past.toSorted(newest) : [],
    };
  });
  const narrowed = filter !== 'all' || query.trim() !== '';
  const shown = narrowed ? groups.filter(({ current, past }) => current.length + past.length > 0) : groups;
  return shown.toSorted((a, b) => hostRank(a.host) - hostRank(b.host) || compareNames(a.host, b.host));
}

/** Hosts that cannot be used come last; their place does not depend on what their sessions do. */
const hostRank = ({ state }: Host): number => (state === 'pending' ? 2 : state === 'offline' ? 1 : 0);
const compareNames = (a: Host, b: Host): number => a.name.localeCompare(b.name, 'en', { numeric: true });

export interface CostSum {
  readonly nanos: number;
  readonly source: CostSource;
  readonly tokens: number;
}

export const tokenSum = ({ tokens }: Pick<Session, 'tokens'>): number =>
  tokens.input + tokens.output + tokens.cacheRead + tokens.cacheCreation;

/** Sum of cost and tokens; one estimate makes the sum an estimate. */
export function sumCost(sessions: readonly Session[]): CostSum {
  const priced = sessions.filter(({ costSource }) => costSource !== 'none');
  return {
    nanos: priced.reduce((sum, { costNanos }) => sum + costNanos, 0),
    tokens: sessions.reduce((sum, each) => sum + tokenSum(each), 0),
    source: priced.some(({ costSource }) => costSource === 'estimated')
      ? 'estimated'
      : priced.length > 0
        ? 'reported'
        : 'none',
  };
}

export const sessionsOf = (sessions: readonly Session[], id: HostId): Session[] =>
  sessions.filter(({ hostId }) => hostId === id);
