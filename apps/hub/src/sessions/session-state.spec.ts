import { hasEnded, mayMove, sessionStates } from '@roundhouse/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reasonOf, requireEnded, transition, type SessionCore, type SessionEvent } from './session-state.js';

const reason = reasonOf('SPAWN_FAILED', 'It did not start');
const events: readonly SessionEvent[] = [
  { kind: 'taken' },
  { kind: 'started' },
  { kind: 'failed', reason },
  { kind: 'exited', exitCode: 0, signal: null },
  { kind: 'exited', exitCode: null, signal: 'SIGKILL' },
  { kind: 'lost', state: 'lost', reason },
  { kind: 'lost', state: 'interrupted', reason },
  { kind: 'stop' },
  { kind: 'cancelled' },
  { kind: 'host-gone' },
  { kind: 'observed', state: 'starting' },
  { kind: 'observed', state: 'running' },
  { kind: 'observed', state: 'stopping' },
];
const core = (change: Partial<SessionCore> = {}): SessionCore => ({
  state: 'running',
  desired: 'running',
  epoch: 1,
  startedAt: null,
  ...change,
});

describe('every event in every state', () => {
  const all = sessionStates.flatMap((state) =>
    (['running', 'stopped'] as const).flatMap((desired) =>
      events.map((event) => ({ session: core({ state, desired }), event })),
    ),
  );

  it('moves along the table, or not at all', () => {
    for (const { session, event } of all) {
      const to = transition(session, event);
      if (!to || to.state === session.state) continue;
      expect(mayMove(session.state, to.state), `${session.state} -${event.kind}-> ${to.state}`).toBe(true);
    }
  });

  it('marks an end as an end, and only that', () => {
    for (const { session, event } of all) {
      const to = transition(session, event);
      if (!to) continue;
      if (hasEnded(to.state)) expect(to.ended, `${session.state} ${event.kind}`).toBe(true);
      else expect(to.ended ?? false).toBe(false);
    }
  });

  it('leaves the end only when a lost session is found again', () => {
    for (const { session, event } of all) {
      if (!hasEnded(session.state) || session.state === 'lost') continue;
      expect(transition(session, event), `${session.state} ${event.kind}`).toBeNull();
    }
  });

  it('never ends a session because its host is silent (R:C7)', () => {
    for (const state of sessionStates) {
      const to = transition(core({ state }), { kind: 'host-gone' });
      if (to) expect(to.state).toBe('unknown');
    }
  });

  it('stays on the table through any life', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 30 }), (life) => {
        let session = core({ state: 'queued' });
        for (const event of life) {
          const to = transition(session, event);
          if (!to) continue;
          if (to.state !== session.state) expect(mayMove(session.state, to.state)).toBe(true);
          session = { ...session, state: to.state, desired: to.desired ?? session.desired };
        }
      }),
    );
  });
});

describe('what is told', () => {
  const to = (session: Partial<SessionCore>, event: SessionEvent) => transition(core(session), event);

  it('says stopped by user only when somebody wanted it stopped (R:C5)', () => {
    const exited = { kind: 'exited', exitCode: 0, signal: null } as const;
    expect(to({ desired: 'stopped', state: 'stopping' }, exited)?.stateReason?.code).toBe('STOPPED_BY_USER');
    expect(to({}, exited)?.stateReason?.code).toBe('EXITED');
    expect(to({}, { ...exited, exitCode: 3 })?.stateReason?.code).toBe('CRASHED');
    // Why its host ended it counts for more than how; a stop by a person for more than both.
    const timed = { ...exited, exitCode: 3, reason: reasonOf('TIME_LIMIT') };
    expect(to({}, timed)?.stateReason?.code).toBe('TIME_LIMIT');
    expect(to({ desired: 'stopped' }, timed)?.stateReason?.code).toBe('STOPPED_BY_USER');
    expect(to({}, { ...exited, exitCode: null, signal: 'SIGSEGV' })?.stateReason?.code).toBe('CRASHED');
    const failed = to({ desired: 'stopped', state: 'starting' }, { kind: 'failed', reason });
    expect(failed).toMatchObject({ state: 'exited', stateReason: { code: 'STOPPED_BY_USER' } });
  });

  it('does not undo what a fact has told before the answer came', () => {
    for (const state of ['running', 'stopping', 'exited', 'failed'] as const) {
      expect(to({ state }, { kind: 'taken' })).toBeNull();
    }
    expect(to({ state: 'queued' }, { kind: 'taken' })?.state).toBe('starting');
  });

  it('notes the start of a session that was seen running first, once', () => {
    expect(to({}, { kind: 'started' })).toMatchObject({ state: 'running', started: true });
    expect(to({ startedAt: '2026-01-01T00:00:00.000Z' }, { kind: 'started' })?.started).toBe(false);
  });

  it('keeps a stop for a host that is away, and carries it on when it is seen', () => {
    expect(to({ state: 'unknown' }, { kind: 'stop' })).toMatchObject({
      state: 'unknown',
      desired: 'stopped',
      stateReason: { code: 'STOP_PENDING' },
    });
    const seen = { kind: 'observed', state: 'running' } as const;
    expect(to({ state: 'unknown', desired: 'stopped' }, seen)?.state).toBe('stopping');
    expect(to({ state: 'lost', desired: 'stopped' }, seen)).toMatchObject({
      state: 'stopping',
      ended: false,
    });
  });

  it('keeps that a budget stopped it until a worse end, or the next life', () => {
    const stateReason = reasonOf('BUDGET_SPENT');
    expect(to({}, { kind: 'stop', reason: stateReason })).toMatchObject({ state: 'stopping', stateReason });
    const stopping = { state: 'stopping', desired: 'stopped', stateReason } as const;
    expect(to(stopping, { kind: 'exited', exitCode: 0, signal: null })?.stateReason).toEqual(stateReason);
    expect(to(stopping, { kind: 'host-gone' })).toMatchObject({ state: 'unknown', stateReason });
    expect(to(stopping, { kind: 'lost', state: 'lost', reason })?.stateReason).toEqual(reason);
    const away = { ...stopping, state: 'unknown' } as const;
    expect(to(away, { kind: 'observed', state: 'running' })).toMatchObject({
      state: 'stopping',
      stateReason,
    });
    const again = { ...stopping, desired: 'running' } as const;
    expect(to(again, { kind: 'exited', exitCode: 0, signal: null })?.stateReason?.code).toBe('EXITED');
  });

  it('refuses what needs an end before the end', () => {
    for (const state of sessionStates) {
      const check = (): void => {
        requireEnded(core({ state }));
      };
      if (hasEnded(state)) check();
      else expect(check).toThrow(expect.objectContaining({ code: 'SESSION_RUNNING' }));
    }
  });
});
