// Budgets that act, on a real PostgreSQL: sums that were written, warnings, refusals, stops.
import { newId } from '@roundhouse/kit';
import {
  newBudgetSchema,
  reportedSessionSchema,
  type BudgetState,
  type HostId,
  type Session,
} from '@roundhouse/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestServer, type TestServer } from '../platform/database/test-server.js';
import { HubRig } from '../testing/hub-rig.js';
import { minuteWith, usageFact } from '../testing/usage.js';

let server: TestServer;
let rig: HubRig;
let hostId: HostId;
let rev = 0;
const noon = Date.parse('2026-01-05T12:00:00Z');
const dayMs = 86_400_000;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  rig = await HubRig.start(server);
  rig.clock.jump(noon - rig.clock.now());
  hostId = await rig.host();
});
afterEach(() => rig.close());

const add = (change: object): Promise<BudgetState> => {
  const limits = { limitNanos: null, limitTokens: null };
  const terms = { scope: 'all', scopeKey: null, period: 'day', action: 'warn', ...limits, ...change };
  return rig.budgets.create(newBudgetSchema.parse(terms), rig.actor, '127.0.0.1');
};
/** The session uses so many tokens in all, at 1,000 nano-dollars each. */
async function uses({ id }: Session, input: number): Promise<void> {
  rev += 1;
  const minutes = [minuteWith(new Date(rig.clock.now()).toISOString(), rev, { input })];
  await rig.fact(hostId, usageFact(id, { rev, input }, minutes));
}
const warned = ({ warnings }: Session): boolean => warnings.includes('budget');
const stops = async (): Promise<number> =>
  (await rig.commands()).filter(({ kind }) => kind === 'stop').length;

describe('a spent budget (F:F13)', () => {
  it('that warns marks the sessions that it covers, and no more than that', async () => {
    const [one, other] = [await rig.running(hostId), await rig.running(hostId)];
    await add({ scope: 'session', scopeKey: one.id.toUpperCase(), period: 'session', limitTokens: 100 });
    await uses(one, 99);
    await uses(other, 500);
    await rig.settle();
    expect(warned(await rig.sessions.get(one.id))).toBe(false);
    await uses(one, 100);
    const marked = await rig.until(one.id, warned);
    expect(marked).toMatchObject({ state: 'running', desired: 'running' });
    expect(rig.told.at(-1)).toEqual(marked);
    expect(warned(await rig.sessions.get(other.id))).toBe(false);
    expect(await stops()).toBe(0);
    await rig.spawn(hostId);
  });

  it('costs reports nothing where there is none', async () => {
    const session = await rig.running(hostId);
    await uses(session, 1);
    await rig.settle();
    const looks = vi.spyOn(rig.budgets, 'verdicts');
    await uses(session, 2);
    await rig.settle();
    expect(looks).not.toHaveBeenCalled();
    await add({ limitTokens: 1 });
    await rig.until(session.id, warned);
  });

  it('keeps its mark when the host tells its own warnings', async () => {
    const session = await rig.running(hostId);
    await add({ limitTokens: 1 });
    await uses(session, 1);
    await rig.until(session.id, warned);
    const seen = reportedSessionSchema.parse({
      ...{
        sessionId: session.id,
        epoch: 1,
        state: 'running',
        profile: 'bash',
        mode: 'new',
        project: '/srv/shop',
      },
      ...{
        cwd: '/srv/shop',
        branch: 'main',
        remoteUrl: null,
        worktree: false,
        pid: 4711,
        cols: 80,
        rows: 24,
      },
      ...{ warnings: ['telemetry-off'], startedAt: '2026-01-01T00:00:00.000Z' },
    });
    await rig.reconciler.status(hostId, [seen]);
    const both = await rig.sessions.get(session.id);
    expect(both.warnings).toEqual(['telemetry-off', 'budget']);
    await rig.reconciler.status(hostId, [seen]);
    expect((await rig.sessions.get(session.id)).version).toBe(both.version);
    const { remove } = await only();
    await remove();
    expect((await rig.until(session.id, (now) => !warned(now))).warnings).toEqual(['telemetry-off']);
  });

  it('that refuses answers spawns and resumes of its scope, until its day is over', async () => {
    const session = await rig.running(hostId);
    await add({ scope: 'project', scopeKey: 'shop', limitNanos: 5_000, action: 'refuse' });
    await uses(session, 4);
    const before = newId();
    await rig.spawn(hostId, before);
    await uses(session, 5);
    await expect(rig.spawn(hostId)).rejects.toMatchObject({
      ...{ code: 'BUDGET_SPENT', status: 409 },
      message: expect.stringContaining('for project shop is spent'),
    });
    // What was answered before is answered again.
    await rig.spawn(hostId, before);
    await rig.fact(hostId, { kind: 'session.exited', sessionId: session.id, epoch: 1, ...exit });
    const resume = () => rig.spawning.resume(session.id, { cols: 80, rows: 24 }, rig.actor);
    await expect(resume()).rejects.toMatchObject({ code: 'BUDGET_SPENT' });
    expect(await stops()).toBe(0);
    rig.clock.jump(dayMs);
    await rig.spawn(hostId);
    expect((await rig.budgets.list())[0]).toMatchObject({ usedTokens: 0, usedNanos: 0, spent: false });
  });

  it('of a month goes on the next day', async () => {
    const session = await rig.running(hostId);
    await add({ period: 'month', limitTokens: 10, action: 'refuse' });
    await uses(session, 10);
    rig.clock.jump(dayMs);
    await expect(rig.spawn(hostId)).rejects.toMatchObject({ code: 'BUDGET_SPENT' });
    expect((await rig.budgets.list())[0]).toMatchObject({ usedTokens: 10, usedNanos: 10_000, spent: true });
  });

  it('that stops does so once, with its reason, and lets it go on with a higher limit', async () => {
    const [session, idle] = [await rig.running(hostId), await rig.running(hostId)];
    const { id } = await add({ limitTokens: 100, action: 'stop' });
    await uses(session, 100);
    const stopping = await rig.until(session.id, ({ state }) => state === 'stopping');
    expect(stopping.stateReason?.code).toBe('BUDGET_SPENT');
    await uses(session, 101);
    await uses(session, 102);
    await rig.settle();
    expect(await stops()).toBe(1);
    // What has used nothing goes on.
    expect(await rig.sessions.get(idle.id)).toMatchObject({ state: 'running', warnings: ['budget'] });
    await rig.fact(hostId, { kind: 'session.exited', sessionId: session.id, epoch: 1, ...exit });
    expect(await rig.sessions.get(session.id)).toMatchObject({
      ...{ state: 'exited', desired: 'stopped' },
      stateReason: { code: 'BUDGET_SPENT', message: 'The budget of 100 tokens a day is spent' },
    });
    expect(await rig.audits('SESSION_STOPPED')).toMatchObject([
      { actorKind: 'system', subjectId: session.id, details: { budgetId: id, code: 'BUDGET_SPENT' } },
    ]);
    const resume = () => rig.spawning.resume(session.id, { cols: 80, rows: 24 }, rig.actor);
    await expect(resume()).rejects.toMatchObject({ code: 'BUDGET_SPENT' });
    await add({ limitTokens: 1_000, action: 'stop' });
    await rig.budgets.remove(id, rig.actor, '127.0.0.1');
    expect(await resume()).toMatchObject({ state: 'queued', epoch: 2, stateReason: null });
    await rig.until(session.id, (now) => !warned(now));
  });

  it('that stops a session of a host that is away stops it when the host is back', async () => {
    const session = await rig.running(hostId);
    await uses(session, 100);
    await rig.database.client.session.update({ where: { id: session.id }, data: { state: 'unknown' } });
    await add({ limitNanos: 100_000, action: 'stop' });
    const pending = await rig.until(session.id, ({ desired }) => desired === 'stopped');
    expect(pending).toMatchObject({ state: 'unknown', stateReason: { code: 'BUDGET_SPENT' } });
    expect(await stops()).toBe(1);
  });

  it('whose day is over lets go of its sessions within a minute', async () => {
    const session = await rig.running(hostId);
    await add({ limitTokens: 10 });
    await uses(session, 10);
    await rig.until(session.id, warned);
    rig.clock.jump(dayMs);
    rig.clock.advance(60_000);
    await rig.until(session.id, (now) => !warned(now));
  });
});

const exit = { exitCode: 0, signal: null, offset: 5 };

async function only(): Promise<{ remove: () => Promise<void> }> {
  const [budget] = await rig.budgets.list();
  if (!budget) throw new Error('There is no budget');
  return { remove: () => rig.budgets.remove(budget.id, rig.actor, '127.0.0.1') };
}
