// What daemons say, on a real database: facts, hello and heartbeat.
import { newId } from '@roundhouse/kit';
import { noTokens, reportedSessionSchema, type ReportedSession, type SessionId } from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../platform/database/test-server.js';
import { factOf, HubRig, newSessionId, started } from '../testing/hub-rig.js';

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

const startedFact = (sessionId: SessionId) => ({ kind: 'session.started', sessionId, ...started });
const exitedFact = (sessionId: SessionId, exitCode = 0) => ({
  ...{ kind: 'session.exited', sessionId, epoch: 1, exitCode, signal: null, offset: 5 },
});
const usageFact = (sessionId: SessionId, rev: number, input: number, epoch = 1) => ({
  ...{ kind: 'session.usage', sessionId, epoch },
  usage: {
    ...{ rev, tokens: { ...noTokens, input }, costNanos: input * 10, costSource: 'reported', model: 'opus' },
    ...{ context: null, requests: 1, activeSeconds: null },
  },
});
const report = (sessionId: SessionId, change: Partial<ReportedSession> = {}): ReportedSession => ({
  ...reportedSessionSchema.parse({
    ...{ sessionId, epoch: 1, state: 'running', profile: 'bash', mode: 'new', project: '/srv/shop' },
    ...{ cwd: '/srv/shop', branch: 'main', remoteUrl: null, worktree: false, pid: 4711, cols: 80, rows: 24 },
    ...{ warnings: [], startedAt: '2026-01-01T00:00:00.000Z' },
  }),
  ...change,
});

describe('facts', () => {
  it('are applied once and in order, however they come', async () => {
    const hostId = await rig.host();
    rig.connect(hostId);
    const { id } = await rig.spawn(hostId);
    const stream = newId();
    const facts = [
      factOf(1, startedFact(id)),
      factOf(2, usageFact(id, 1, 100)),
      factOf(3, usageFact(id, 2, 250)),
      factOf(4, exitedFact(id, 3)),
    ];
    expect(await rig.facts.apply(hostId, stream, facts.slice(2))).toBe(0);
    expect(await rig.facts.apply(hostId, stream, facts.slice(0, 2))).toBe(2);
    expect(await rig.facts.apply(hostId, stream, facts)).toBe(4);
    const { version } = await rig.sessions.get(id);
    expect(await rig.facts.apply(hostId, stream, facts)).toBe(4);
    expect(await rig.sessions.get(id)).toMatchObject({
      state: 'exited',
      exitCode: 3,
      version,
      tokens: { input: 250 },
    });
  });

  it('are applied once when two pushes of them race', async () => {
    const hostId = await rig.host();
    rig.connect(hostId);
    const { id } = await rig.spawn(hostId);
    // Its host has taken the spawn: nothing else changes the row from here on.
    await rig.until(id, ({ state }) => state === 'starting');
    const stream = newId();
    const facts = [
      factOf(1, startedFact(id)),
      ...[2, 3, 4, 5].map((seq) => factOf(seq, usageFact(id, seq, seq))),
    ];
    const before = (await rig.sessions.get(id)).version;
    await Promise.all(Array.from({ length: 6 }, () => rig.facts.apply(hostId, stream, facts)));
    expect(await rig.facts.apply(hostId, stream, facts)).toBe(5);
    expect((await rig.sessions.get(id)).version - before).toBe(2);
  });

  it('begin anew with the stream of a new state directory', async () => {
    const hostId = await rig.host();
    const { id } = await rig.running(hostId);
    expect(await rig.facts.apply(hostId, newId(), [factOf(1, exitedFact(id))])).toBe(1);
    expect((await rig.sessions.get(id)).state).toBe('exited');
  });

  it('tell conversation and notes at once: of a life that ends before any heartbeat, and of one in which it is not known', async () => {
    const hostId = await rig.host();
    rig.connect(hostId);
    const { id } = await rig.spawn(hostId);
    const known = async () => (await rig.sessions.get(id)).conversationId;
    await rig.fact(hostId, { ...startedFact(id), conversationId: 'chosen', notes: ['It is new'] });
    expect(await known()).toBe('chosen');
    expect((await rig.sessions.get(id)).notes).toEqual(['It is new']);
    await rig.fact(hostId, { ...exitedFact(id), conversationId: 'learnt' });
    expect(await known()).toBe('learnt');
    await rig.spawning.resume(id, { cols: 80, rows: 24, resume: 'last' }, rig.actor);
    expect(await known()).toBe('learnt');
    await rig.fact(hostId, { ...startedFact(id), epoch: 2, conversationId: null });
    expect(await known()).toBeNull();
    // A daemon of before tells nothing.
    await rig.fact(hostId, { ...exitedFact(id), epoch: 2 });
    expect(await known()).toBeNull();
  });

  it('of sessions that are unknown are taken and dropped', async () => {
    const hostId = await rig.host();
    expect(await rig.fact(hostId, exitedFact(newSessionId()))).toBe(1);
  });

  it('of another host change nothing and are recorded once (R:H3)', async () => {
    const owner = await rig.host();
    const rogue = await rig.host();
    const before = await rig.running(owner);
    const stream = newId();
    const lies = [exitedFact(before.id), usageFact(before.id, 9, 9), exitedFact(before.id)];
    await rig.facts.apply(
      rogue,
      stream,
      lies.map((lie, index) => factOf(index + 1, lie)),
    );
    for (let beat = 0; beat < 3; beat += 1)
      await rig.reconciler.status(rogue, [report(before.id, { cwd: '/evil' })]);
    await rig.reconciler.hello(rogue, [report(before.id, { cwd: '/evil', state: 'exited' })]);
    await rig.settle();
    expect(await rig.sessions.get(before.id)).toEqual(before);
    const audits = (await rig.audits('HOST_FORBIDDEN')).filter(({ subjectId }) => subjectId === before.id);
    expect(audits).toMatchObject([{ actorKind: 'system', details: { hostId: rogue } }]);
  });
});

describe('usage', () => {
  it('is absolute for each life: an older or repeated report changes nothing, lives add up', async () => {
    const hostId = await rig.host();
    rig.connect(hostId);
    const { id } = await rig.running(hostId);
    await rig.fact(hostId, usageFact(id, 5, 500));
    await rig.fact(hostId, usageFact(id, 4, 400));
    await rig.fact(hostId, usageFact(id, 5, 999));
    await rig.fact(hostId, usageFact(id, 1, 77, 2));
    expect(await rig.sessions.get(id)).toMatchObject({ tokens: { input: 500 }, costNanos: 5_000 });
    await rig.fact(hostId, exitedFact(id));
    await rig.spawning.resume(id, { cols: 80, rows: 24 }, rig.actor);
    await rig.fact(hostId, usageFact(id, 1, 77, 2));
    // The last telemetry of a life may come after its end.
    await rig.fact(hostId, usageFact(id, 6, 501));
    expect(await rig.sessions.get(id)).toMatchObject({
      tokens: { input: 578 },
      costNanos: 5_780,
      model: 'opus',
    });
  });
});

describe('hello and heartbeat', () => {
  it('show a session without a row as an orphan that lives on, and can be adopted (R:C6)', async () => {
    const hostId = await rig.host();
    const daemon = rig.connect(hostId);
    const { id } = await rig.running(hostId);
    await rig.settle();
    await rig.database.client.session.delete({ where: { id } });
    const orders = daemon.orders.length;
    await rig.reconciler.status(hostId, [report(id)]);
    const orphan = await rig.sessions.get(id);
    expect(orphan).toMatchObject({ orphan: true, state: 'running', hostId, stateReason: { code: 'ORPHAN' } });
    expect(daemon.orders).toHaveLength(orders);
    expect(await rig.sessions.adopt(id, rig.actor)).toMatchObject({ orphan: false, stateReason: null });
  });

  it('leave sessions of a silent host unknown, and find them running (R:C7)', async () => {
    const hostId = await rig.host();
    const daemon = rig.connect(hostId);
    const running = await rig.running(hostId);
    const queued = await rig.spawn(hostId);
    await rig.settle();
    await rig.disconnect(daemon);
    await rig.until(running.id, ({ state }) => state === 'unknown');
    await rig.until(queued.id, ({ state }) => state === 'unknown');
    const waiting = await rig.spawn(hostId, newId(), { deadlineS: 3_600 });
    rig.clock.advance(600_000);
    await rig.settle();
    expect((await rig.sessions.get(running.id)).state).toBe('unknown');
    expect((await rig.sessions.get(waiting.id)).state).toBe('queued');
    rig.connect(hostId);
    await rig.reconciler.hello(hostId, [report(running.id)]);
    const back = await rig.sessions.get(running.id);
    expect(back).toMatchObject({
      state: 'running',
      stateReason: null,
      startedAt: running.startedAt,
      endedAt: null,
    });
    // Taken by a daemon that does not know it any more.
    expect(await rig.sessions.get(queued.id)).toMatchObject({
      state: 'lost',
      stateReason: { code: 'HOST_FORGOT' },
    });
    expect((await rig.sessions.get(waiting.id)).state).toBe('queued');
    await rig.reconciler.status(hostId, [report(queued.id)]);
    expect(await rig.sessions.get(queued.id)).toMatchObject({ state: 'running', endedAt: null });
  });

  it('carry out a stop that waited, and one that the daemon forgot', async () => {
    const hostId = await rig.host();
    const daemon = rig.connect(hostId);
    const { id } = await rig.running(hostId);
    await rig.settle();
    await rig.stopping.stop(id, false, rig.actor);
    await rig.settle();
    expect(daemon.orders).toEqual(['spawn', 'stop']);
    await rig.disconnect(daemon);
    await rig.until(id, ({ state }) => state === 'unknown');
    const next = rig.connect(hostId);
    await rig.reconciler.hello(hostId, [report(id)]);
    await rig.settle();
    expect((await rig.sessions.get(id)).state).toBe('stopping');
    expect(next.orders).toEqual(['stop']);
  });

  it('write nothing when nothing is new', async () => {
    const hostId = await rig.host();
    rig.connect(hostId);
    const { id } = await rig.running(hostId);
    await rig.reconciler.status(hostId, [report(id)]);
    const { version } = await rig.sessions.get(id);
    for (let beat = 0; beat < 3; beat += 1) await rig.reconciler.status(hostId, [report(id)]);
    expect((await rig.sessions.get(id)).version).toBe(version);
    await rig.reconciler.status(hostId, [report(id, { branch: 'feature' })]);
    expect(await rig.sessions.get(id)).toMatchObject({ branch: 'feature', version: version + 1 });
  });

  it('tell the conversation of a session that has ended', async () => {
    const hostId = await rig.host();
    rig.connect(hostId);
    const { id } = await rig.running(hostId);
    await rig.fact(hostId, exitedFact(id));
    const late = report(id, { state: 'exited', conversationId: 'late' });
    await rig.reconciler.status(hostId, [late]);
    const { version, ...known } = await rig.sessions.get(id);
    expect(known).toMatchObject({ state: 'exited', conversationId: 'late' });
    await rig.reconciler.hello(hostId, [late]);
    expect((await rig.sessions.get(id)).version).toBe(version);
  });

  it('F:F11 bring what a shell reports, and write it when it is new', async () => {
    const hostId = await rig.host();
    rig.connect(hostId);
    const { id } = await rig.running(hostId);
    const sidecar = { current_activity: '/srv/x', last_cmd: 'make', last_exit_code: '2' };
    for (let beat = 0; beat < 3; beat += 1) await rig.reconciler.status(hostId, [report(id, { sidecar })]);
    const { version } = await rig.sessions.get(id);
    expect(await rig.sessions.get(id)).toMatchObject({ sidecar });
    // A hub that has begun again has forgotten what the last heartbeat said.
    await rig.reconciler.hello(hostId, [report(id, { sidecar })]);
    expect(await rig.sessions.get(id)).toMatchObject({ sidecar, version });
    await rig.reconciler.status(hostId, [report(id, { sidecar: null })]);
    expect(await rig.sessions.get(id)).toMatchObject({ sidecar });
    // It is not of the next life.
    await rig.fact(hostId, exitedFact(id));
    await rig.spawning.resume(id, { cols: 80, rows: 24 }, rig.actor);
    await rig.reconciler.status(hostId, [report(id, { epoch: 2 })]);
    expect(await rig.sessions.get(id)).toMatchObject({ state: 'running', epoch: 2, sidecar: null });
  });

  it('forget what was deleted here, also when it was deleted twice', async () => {
    const hostId = await rig.host();
    rig.connect(hostId);
    const { id } = await rig.running(hostId);
    for (let turn = 0; turn < 2; turn += 1) {
      await rig.fact(hostId, exitedFact(id));
      await rig.sessions.remove(id, rig.actor);
      expect(await rig.reconciler.hello(hostId, [report(id, { state: 'exited' })])).toEqual([id]);
      // Its keeper was thought gone, and runs: it is shown.
      await rig.reconciler.hello(hostId, [report(id)]);
      expect((await rig.sessions.get(id)).orphan).toBe(true);
    }
  });
});
