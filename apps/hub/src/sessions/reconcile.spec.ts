import {
  commandIdSchema,
  commandOpSchema,
  hasEnded,
  reportedSessionSchema,
  sessionIdSchema,
  sessionStates,
  type ReportedSession,
  type Session,
  type SessionId,
} from '@roundhouse/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionOf } from '../testing/entities.js';
import type { Command } from './command.repository.js';
import { reconcile, type ReconcileInput } from './reconcile.js';

const now = new Date('2026-01-01T00:10:00Z');
const idOf = (n: number): SessionId =>
  sessionIdSchema.parse(`44444444-4444-4444-8444-${String(n).padStart(12, '0')}`);

const report = (id: SessionId, change: Partial<ReportedSession> = {}): ReportedSession => ({
  ...reportedSessionSchema.parse({
    sessionId: id,
    epoch: 1,
    state: 'running',
    profile: 'bash',
    mode: 'new',
    project: '/srv/shop',
    cwd: '/srv/shop',
    branch: null,
    remoteUrl: null,
    worktree: false,
    pid: 4711,
    cols: 80,
    rows: 24,
    warnings: [],
    startedAt: null,
  }),
  ...change,
});

const spawnOf = (session: Session, state: string, deadlineAt: Date | null): Command => ({
  id: commandIdSchema.parse(session.id),
  sessionId: session.id,
  state,
  deadlineAt,
  op: commandOpSchema.parse({
    ...{ kind: 'spawn', sessionId: session.id, epoch: session.epoch, profile: 'bash', project: '/srv/shop' },
    ...{ mode: 'new', worktree: false, baseBranch: null, trust: false, companionOf: null, task: null },
    ...{ cols: 80, rows: 24 },
  }),
});

const plan = (input: Partial<ReconcileInput> & { sessions?: Session[] }) => {
  const rows = new Map((input.sessions ?? []).map((session) => [session.id, session]));
  return reconcile({
    ...{ rows, known: new Map(), reported: [], tombstones: new Set(), commands: [], now, complete: true },
    ...input,
  });
};
const kinds = (actions: ReturnType<typeof reconcile>): string[] => actions.map(({ kind }) => kind);

describe('what a report means', () => {
  const a = idOf(1);

  it('finds orphans, and forgets what was deleted here and is over there', () => {
    expect(kinds(plan({ reported: [report(a)] }))).toEqual(['orphan']);
    const tombstones = new Set([a]);
    expect(kinds(plan({ reported: [report(a, { state: 'exited' })], tombstones }))).toEqual(['forget']);
    // Deleted here while it was thought lost: it runs, so it is shown and never killed.
    expect(kinds(plan({ reported: [report(a)], tombstones }))).toEqual(['orphan']);
    const known = new Map([[a, { hostId: sessionOf().hostId, epoch: 1, conversationId: null }]]);
    expect(plan({ reported: [report(a, { state: 'exited' })], known })).toEqual([]);
  });

  it('learns the conversation of a session that has ended, of this very life and only when it is news', () => {
    const known = (epoch: number, conversationId: string | null) =>
      new Map([[a, { hostId: sessionOf().hostId, epoch, conversationId }]]);
    const reported = [report(a, { state: 'exited', conversationId: 'told' })];
    expect(kinds(plan({ reported, known: known(1, null) }))).toEqual(['learnt']);
    expect(kinds(plan({ reported, known: known(1, 'before') }))).toEqual(['learnt']);
    expect(plan({ reported, known: known(1, 'told') })).toEqual([]);
    expect(plan({ reported, known: known(2, null) })).toEqual([]);
  });

  it('misses what is not there, but not by a heartbeat', () => {
    const sessions = [sessionOf({ id: a, state: 'running' })];
    expect(kinds(plan({ sessions }))).toEqual(['lost']);
    expect(plan({ sessions, complete: false })).toEqual([]);
  });

  it('gives a spawn that may still be sent its time, and no more', () => {
    const session = sessionOf({ id: a, state: 'queued', startedAt: null });
    const sent = (deadline: number): Command[] => [
      spawnOf(session, 'sent', new Date(now.getTime() + deadline)),
    ];
    expect(plan({ sessions: [session], commands: sent(1) })).toEqual([]);
    expect(kinds(plan({ sessions: [session], commands: sent(0) }))).toEqual(['expire']);
    expect(kinds(plan({ sessions: [session], commands: [spawnOf(session, 'taken', null)] }))).toEqual([
      'lost',
    ]);
  });

  it('does not take an earlier life for the one that is missed', () => {
    const sessions = [sessionOf({ id: a, epoch: 2, state: 'unknown' })];
    expect(kinds(plan({ sessions, reported: [report(a, { epoch: 1, state: 'exited' })] }))).toEqual(['lost']);
  });

  it('stops what was given up here and started there', () => {
    const failed = sessionOf({ id: a, state: 'failed', startedAt: null });
    expect(plan({ sessions: [failed], reported: [report(a)] })).toMatchObject([
      { kind: 'stop', anew: false },
    ]);
    const cancelled = sessionOf({ id: a, state: 'exited', exitCode: null, startedAt: null });
    expect(kinds(plan({ sessions: [cancelled], reported: [report(a)] }))).toEqual(['stop']);
  });

  it('orders a stop anew that a daemon took and forgot', () => {
    const sessions = [sessionOf({ id: a, state: 'unknown', desired: 'stopped' })];
    expect(kinds(plan({ sessions, reported: [report(a)] }))).toEqual(['observed', 'stop']);
    expect(kinds(plan({ sessions, reported: [report(a, { state: 'stopping' })] }))).toEqual(['observed']);
    expect(kinds(plan({ sessions, reported: [report(a)], complete: false }))).toEqual(['observed']);
  });
});

describe('any rows and any report', () => {
  const row = fc.record({
    n: fc.nat(9),
    state: fc.constantFrom(...sessionStates),
    desired: fc.constantFrom('running' as const, 'stopped' as const),
    epoch: fc.integer({ min: 1, max: 2 }),
    startedAt: fc.constantFrom(null, '2026-01-01T00:00:00.000Z'),
    exitCode: fc.constantFrom(null, 0),
  });
  const seen = fc.record({
    n: fc.nat(12),
    state: fc.constantFrom(
      'starting',
      'running',
      'stopping',
      'exited',
      'failed',
      'lost',
      'interrupted' as const,
    ),
    epoch: fc.integer({ min: 1, max: 2 }),
  });
  const unique = { selector: ({ n }: { n: number }): number => n };

  it('kills nothing silently, loses nothing that is there, and speaks of each session that is unknown', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(row, unique),
        fc.uniqueArray(seen, unique),
        fc.uniqueArray(fc.nat(12)),
        fc.boolean(),
        (rows, reports, dead, complete) => {
          const sessions = rows.map(({ n, ...rest }) => sessionOf({ id: idOf(n), ...rest }));
          const reported = reports.map(({ n, state, epoch }) =>
            report(idOf(n), { epoch, state: reportedSessionSchema.shape.state.parse(state) }),
          );
          const byId = new Map(sessions.map((session) => [session.id, session]));
          const tombstones = new Set(dead.map(idOf).filter((id) => !byId.has(id)));
          const actions = plan({ sessions, reported, tombstones, complete });
          for (const action of actions) {
            if (action.kind === 'stop') {
              const { state, desired } = action.session;
              expect(desired === 'stopped' || state === 'failed' || state === 'exited').toBe(true);
            }
            if (action.kind === 'forget') expect(tombstones.has(action.sessionId)).toBe(true);
            if (action.kind === 'lost') {
              const { id, epoch, state } = action.session;
              expect(complete && !hasEnded(state)).toBe(true);
              expect(reported.some(({ sessionId, epoch: told }) => sessionId === id && told >= epoch)).toBe(
                false,
              );
            }
          }
          for (const { sessionId } of reported) {
            if (byId.has(sessionId)) continue;
            const of = actions.filter(
              (action) =>
                (action.kind === 'orphan' && action.seen.sessionId === sessionId) ||
                (action.kind === 'forget' && action.sessionId === sessionId),
            );
            expect(of).toHaveLength(1);
          }
        },
      ),
    );
  });
});
