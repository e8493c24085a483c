// What agents do, from their daemons to the rows and to browsers, on a real database.
import {
  reportedSessionSchema,
  type Activity,
  type ActivityKind,
  type SessionId,
} from '@roundhouse/protocol';
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

const activity = (kind: ActivityKind, why = kind as string): Activity => ({
  ...{ kind, why, since: '2026-01-01T00:00:00.000Z', source: 'hook', until: null },
  ...(kind === 'waiting'
    ? { waitsFor: 'permission', ask: { tool: 'Bash', command: 'make', file: null, text: null } }
    : { waitsFor: null, ask: null }),
});
const report = (sessionId: SessionId, told: Activity | null) => ({
  ...reportedSessionSchema.parse({
    ...{ sessionId, epoch: 1, state: 'running', profile: 'bash', mode: 'new', project: '/srv/shop' },
    ...{ cwd: '/srv/shop', branch: 'main', remoteUrl: null, worktree: false, pid: 4711, cols: 80, rows: 24 },
    ...{ warnings: [], startedAt: '2026-01-01T00:00:00.000Z' },
  }),
  activity: told,
});
const running = async () => {
  const hostId = await rig.host();
  const daemon = rig.connect(hostId);
  const { id } = await rig.running(hostId);
  rig.told.length = 0;
  const told = () =>
    rig.told.filter((session) => session.id === id).map(({ activity: a }) => a?.kind ?? null);
  const kinds = async () => {
    await now();
    return told();
  };
  const now = async () => {
    rig.clock.advance(250);
    return (await rig.sessions.get(id)).activity;
  };
  return { hostId, id, kinds, now, daemon };
};

describe('what an agent does', () => {
  it('is written and told, with what it asks', async () => {
    const { hostId, id, now, kinds } = await running();
    rig.activities.apply(hostId, id, 1, activity('waiting', 'PermissionRequest Bash'));
    await expect.poll(now).toEqual(activity('waiting', 'PermissionRequest Bash'));
    expect(await kinds()).toEqual(['waiting']);
    rig.activities.apply(hostId, id, 2, activity('idle'));
    rig.activities.apply(hostId, id, 1, null);
    await expect.poll(now).toBeNull();
  });

  it('never loses that somebody was waited for, and of the rest only the newest counts', async () => {
    const { hostId, id, kinds } = await running();
    rig.activities.apply(hostId, id, 1, activity('working', '0'));
    for (const kind of ['idle', 'working', 'waiting', 'working', 'idle', 'working'] as const) {
      rig.activities.apply(hostId, id, 1, activity(kind));
    }
    await expect.poll(kinds, { timeout: 5_000 }).toEqual(['working', 'waiting', 'working']);
  });

  it('of another host changes nothing and is recorded', async () => {
    const { id, now } = await running();
    const rogue = await rig.host();
    rig.activities.apply(rogue, id, 1, activity('waiting'));
    const claims = async () =>
      (await rig.audits('HOST_FORBIDDEN')).filter(({ subjectId }) => subjectId === id).length;
    await expect.poll(claims).toBe(1);
    expect(await now()).toBeNull();
  });

  it('that was told before the start of the agent counts once that is known', async () => {
    const hostId = await rig.host();
    rig.connect(hostId);
    const { id } = await rig.spawn(hostId);
    rig.activities.apply(hostId, id, 1, activity('idle'));
    await rig.settle();
    await rig.fact(hostId, { kind: 'session.started', sessionId: id, ...started });
    const kind = async () => {
      rig.clock.advance(250);
      return (await rig.sessions.get(id)).activity?.kind;
    };
    await expect.poll(kind).toBe('idle');
  });

  it('is repaired by a heartbeat, and one that says it again costs nothing', async () => {
    const { hostId, id, now } = await running();
    await rig.reconciler.status(hostId, [report(id, activity('working'))]);
    await expect.poll(async () => (await now())?.kind).toBe('working');
    await rig.settle();
    await rig.reconciler.status(hostId, [report(id, activity('working'))]);
    const { version } = await rig.sessions.get(id);
    const later = { ...activity('working'), since: '2026-01-01T01:00:00.000Z' };
    for (let beat = 0; beat < 5; beat += 1) await rig.reconciler.status(hostId, [report(id, later)]);
    await rig.settle();
    expect((await rig.sessions.get(id)).version).toBe(version);
    await rig.reconciler.status(hostId, [report(id, activity('idle'))]);
    await expect.poll(async () => (await now())?.kind).toBe('idle');
  });

  it('is there again when a host comes back that had left', async () => {
    const { hostId, id, now, daemon } = await running();
    rig.activities.apply(hostId, id, 1, activity('idle'));
    await expect.poll(async () => (await now())?.kind).toBe('idle');
    await rig.settle();
    await rig.disconnect(daemon);
    await expect.poll(now).toBeNull();
    rig.connect(hostId);
    await rig.reconciler.hello(hostId, [report(id, activity('idle'))]);
    await expect.poll(async () => (await now())?.kind).toBe('idle');
  });
});
