// Spawn, stop, expiry and delivery on a real database.
import { newId } from '@roundhouse/kit';
import { AppError, type Session } from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../platform/database/test-server.js';
import { HubRig, started } from '../testing/hub-rig.js';

let server: TestServer;
let rig: HubRig;
beforeAll(async () => {
  server = await startTestServer();
  rig = await HubRig.start(server);
});
afterAll(async () => {
  await rig.close();
  await server.stop();
});

const reasonCode = ({ stateReason }: Session): string | undefined => stateReason?.code;

describe('spawn', () => {
  it('makes one session of fifty requests with one key, with one answer (R:C1)', async () => {
    const hostId = await rig.host();
    const daemon = rig.connect(hostId);
    const key = newId();
    const answers = await Promise.all(Array.from({ length: 50 }, () => rig.spawn(hostId, key)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await rig.settle();
    expect(daemon.orders).toEqual(['spawn']);
    expect(await rig.rows.list({ hostId, limit: 10 })).toHaveLength(1);
  });

  it('refuses one key for two requests (R:C2)', async () => {
    const hostId = await rig.host();
    const key = newId();
    await rig.spawn(hostId, key);
    await expect(rig.spawn(hostId, key, { cols: 81 })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
  });

  it('trusts a project only for who may', async () => {
    const hostId = await rig.host();
    const scopes = ['session.spawn'] as const;
    const token = { ...rig.actor, scopes, via: { kind: 'token', id: newId() } } as const;
    const request = { hostId, profile: 'bash', project: '/srv/shop', cols: 80, rows: 24 };
    const full = { ...request, mode: 'new', worktree: true, trust: true } as const;
    await expect(rig.spawning.spawn(full, token, newId())).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('waits for its host, and never starts late (R:C4)', async () => {
    const hostId = await rig.host();
    const { id, state } = await rig.spawn(hostId, newId(), { deadlineS: 5 });
    expect(state).toBe('queued');
    rig.clock.advance(4_000);
    await rig.settle();
    expect((await rig.sessions.get(id)).state).toBe('queued');
    rig.clock.advance(2_000);
    const failed = await rig.until(id, (session) => session.state === 'failed');
    expect(reasonCode(failed)).toBe('EXPIRED');
    const daemon = rig.connect(hostId);
    await rig.reconciler.hello(hostId, []);
    await rig.stopping.stop(id, false, rig.actor);
    await rig.settle();
    expect(daemon.orders).toEqual([]);
  });

  it('asks the daemon about an order that is late but may have been taken', async () => {
    const hostId = await rig.host();
    const daemon = rig.connect(hostId);
    const asked: number[] = [];
    daemon.answer = (_, payload) => {
      asked.push((payload as { ttlMs: number }).ttlMs);
      if (asked.length === 1) throw new AppError('TIMEOUT');
      throw new AppError('COMMAND_EXPIRED');
    };
    const { id } = await rig.spawn(hostId, newId(), { deadlineS: 1 });
    await rig.settle();
    rig.clock.advance(2_500);
    const failed = await rig.until(id, (session) => session.state === 'failed');
    expect([asked.at(-1), reasonCode(failed)]).toEqual([0, 'EXPIRED']);
  });

  it('fails with the reason of the daemon, and holds up nobody else', async () => {
    const hostId = await rig.host();
    const daemon = rig.connect(hostId);
    daemon.answer = () => {
      if (daemon.orders.length === 1) throw new AppError('HOST_CAPACITY');
      return {};
    };
    const full = await rig.spawn(hostId);
    const failed = await rig.until(full.id, ({ state }) => state === 'failed');
    expect(reasonCode(failed)).toBe('HOST_CAPACITY');
    const next = await rig.spawn(hostId);
    expect((await rig.until(next.id, ({ state }) => state === 'starting')).epoch).toBe(1);
  });

  it('stays running when the fact is faster than the answer', async () => {
    const hostId = await rig.host();
    const daemon = rig.connect(hostId);
    daemon.answer = async (_, payload) => {
      const { op, commandId } = payload as { op: { sessionId: string }; commandId: string };
      await rig.fact(hostId, { kind: 'session.started', sessionId: op.sessionId, ...started, commandId });
      return {};
    };
    const { id } = await rig.spawn(hostId);
    const running = await rig.until(id, ({ state }) => state === 'running');
    await rig.settle();
    expect(await rig.sessions.get(id)).toEqual(running);
    expect(running.startedAt).not.toBeNull();
  });
});

describe('stop', () => {
  it('takes back a spawn that was not sent', async () => {
    const hostId = await rig.host();
    const { id } = await rig.spawn(hostId);
    const stopped = await rig.stopping.stop(id, false, rig.actor);
    expect(stopped).toMatchObject({
      state: 'exited',
      desired: 'stopped',
      stateReason: { code: 'STOPPED_BY_USER' },
    });
    const daemon = rig.connect(hostId);
    await rig.reconciler.hello(hostId, []);
    await rig.settle();
    expect(daemon.orders).toEqual([]);
  });

  it('during the spawn ends as stopped by the user (R:C5)', async () => {
    const hostId = await rig.host();
    const daemon = rig.connect(hostId);
    const { id } = await rig.spawn(hostId);
    await rig.until(id, ({ state }) => state === 'starting');
    expect((await rig.stopping.stop(id, false, rig.actor)).state).toBe('stopping');
    await rig.settle();
    expect(daemon.orders).toEqual(['spawn', 'stop']);
    const reason = { code: 'SPAWN_FAILED', message: 'Stopped while it started', hint: '' };
    await rig.fact(hostId, { kind: 'session.failed', sessionId: id, epoch: 1, commandId: newId(), reason });
    const ended = await rig.sessions.get(id);
    expect([ended.state, reasonCode(ended)]).toEqual(['exited', 'STOPPED_BY_USER']);
    expect(
      (await rig.commands()).filter(({ sessionId, state }) => sessionId === id && state !== 'done'),
    ).toEqual([]);
  });

  it('is asked again of a daemon that could not, without holding up other sessions', async () => {
    const hostId = await rig.host();
    const daemon = rig.connect(hostId);
    const stuck = await rig.running(hostId);
    const fine = await rig.running(hostId);
    let failures = 0;
    daemon.answer = (_, payload) => {
      const { op } = payload as { op: { sessionId: string; kind: string } };
      if (op.kind !== 'stop' || op.sessionId !== stuck.id || failures >= 2) return {};
      failures += 1;
      throw new AppError('INTERNAL');
    };
    await rig.stopping.stop(stuck.id, false, rig.actor);
    await rig.stopping.stop(fine.id, false, rig.actor);
    await rig.settle();
    const taken = async (): Promise<string[]> =>
      (await rig.commands())
        .filter(({ kind, state, hostId: of }) => of === hostId && kind === 'stop' && state === 'taken')
        .map(({ sessionId }) => sessionId ?? '');
    expect(await taken()).toEqual([fine.id]);
    for (let turn = 0; turn < 3; turn += 1) {
      rig.clock.advance(2_000);
      await rig.settle();
    }
    expect((await taken()).sort()).toEqual([fine.id, stuck.id].sort());
  });

  it('waits for a host that is away, and is ordered once however often it is asked', async () => {
    const hostId = await rig.host();
    const daemon = rig.connect(hostId);
    const { id } = await rig.running(hostId);
    await rig.disconnect(daemon);
    await rig.until(id, ({ state }) => state === 'unknown');
    for (let turn = 0; turn < 3; turn += 1) await rig.stopping.stop(id, false, rig.actor);
    const pending = await rig.sessions.get(id);
    expect([pending.state, reasonCode(pending)]).toEqual(['unknown', 'STOP_PENDING']);
    const stops = (await rig.commands()).filter(({ sessionId, kind }) => sessionId === id && kind === 'stop');
    expect(stops).toHaveLength(1);
  });
});

describe('resume', () => {
  it('begins the next life of an ended session, and only of one', async () => {
    const hostId = await rig.host();
    rig.connect(hostId);
    const { id } = await rig.running(hostId);
    const size = { cols: 100, rows: 30 };
    await expect(rig.spawning.resume(id, size, rig.actor)).rejects.toMatchObject({ code: 'SESSION_RUNNING' });
    const exit = { kind: 'session.exited', sessionId: id, epoch: 1, exitCode: 3, signal: null, offset: 10 };
    await rig.fact(hostId, exit);
    expect(await rig.sessions.get(id)).toMatchObject({
      state: 'exited',
      exitCode: 3,
      stateReason: { code: 'CRASHED' },
    });
    const next = await rig.spawning.resume(id, size, rig.actor);
    expect(next).toMatchObject({
      epoch: 2,
      state: 'queued',
      exitCode: null,
      startedAt: null,
      endedAt: null,
      cols: 100,
    });
    // What is still said of the first life is of no account.
    await rig.fact(hostId, exit);
    expect((await rig.sessions.get(id)).exitCode).toBeNull();
  });
});

describe('delete', () => {
  it('is for what has ended, and tells the host to forget it, twice if it must', async () => {
    const hostId = await rig.host();
    const daemon = rig.connect(hostId);
    const session = await rig.running(hostId);
    await expect(rig.sessions.remove(session.id, rig.actor)).rejects.toMatchObject({
      code: 'SESSION_RUNNING',
    });
    await rig.fact(hostId, {
      kind: 'session.exited',
      sessionId: session.id,
      epoch: 1,
      exitCode: 0,
      signal: null,
      offset: 0,
    });
    await rig.sessions.remove(session.id, rig.actor);
    expect(daemon.heard.at(-1)).toEqual({ name: 'session.forget', payload: { sessionId: session.id } });
    await expect(rig.sessions.get(session.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(rig.sessions.remove(session.id, rig.actor)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('input over REST', () => {
  it('is recorded once a minute, not once a key', async () => {
    const hostId = await rig.host();
    rig.connect(hostId);
    const { id } = await rig.running(hostId);
    for (let key = 0; key < 5; key += 1) await rig.sessions.input(id, new Uint8Array([13]), rig.actor);
    rig.clock.advance(60_000);
    await rig.sessions.input(id, new Uint8Array([13]), rig.actor);
    expect(await rig.audits('SESSION_INPUT')).toHaveLength(2);
  });
});
