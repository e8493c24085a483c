// What daemons report of usage, into a real PostgreSQL.
import { newId } from '@roundhouse/kit';
import { noTokens, type HostId, type Session, type UsageMinute } from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../platform/database/test-server.js';
import { factOf, HubRig } from '../testing/hub-rig.js';
import { minuteWith, usageFact } from '../testing/usage.js';

let server: TestServer;
let rig: HubRig;
let hostId: HostId;
beforeAll(async () => {
  server = await startTestServer();
  rig = await HubRig.start(server);
  hostId = await rig.host();
});
afterAll(async () => {
  await rig.close();
  await server.stop();
});

const push = (bodies: readonly object[], stream: string = newId()): Promise<number> =>
  rig.facts.apply(
    hostId,
    stream,
    bodies.map((body, index) => factOf(index + 1, body)),
  );

/** All bucket rows of a session, those of one grain added up. */
async function sums({ id }: Session): Promise<unknown[]> {
  return rig.database.client.$queryRaw`
    SELECT u.grain, count(*)::int AS rows, sum(u.input_tokens)::int AS input, sum(u.cost_nanos)::int AS nanos,
      (SELECT sum(calls)::int FROM tool_buckets t WHERE t.session_id = ${id}::uuid AND t.grain = u.grain) AS calls,
      (SELECT sum(histogram[4])::int FROM tool_buckets t WHERE t.session_id = ${id}::uuid AND t.grain = u.grain) AS fourth,
      (SELECT sum(working_ms)::int FROM activity_buckets a WHERE a.session_id = ${id}::uuid AND a.grain = u.grain) AS ms
    FROM usage_buckets u WHERE session_id = ${id}::uuid GROUP BY u.grain ORDER BY u.grain`;
}

const each = (rows: readonly [number, number, number], values: object) =>
  rows.map((count, grain) => ({ grain, rows: count, ...values }));

describe('minutes (R:C11)', () => {
  it('sent three times, out of order, in several revisions count once in minutes, hours and days', async () => {
    const session = await rig.running(hostId);
    const first = minuteWith('2026-01-01T10:58:00Z', 1, { input: 5, calls: 1, workingMs: 1_000 });
    const corrected = minuteWith('2026-01-01T10:58:00Z', 2, { input: 7, calls: 2, workingMs: 2_000 });
    const second = minuteWith('2026-01-01T11:03:00Z', 3, { input: 100, calls: 10, workingMs: 500 });
    const fact = (rev: number, minutes: UsageMinute[]) => usageFact(session.id, { rev, input: 107 }, minutes);
    await push([fact(1, [corrected]), fact(2, [first, second]), fact(3, [second, corrected])]);
    await push([fact(3, [first, second, corrected])]);
    const all = { input: 107, nanos: 107_000, calls: 12, fourth: 12, ms: 2_500 };
    expect(await sums(session)).toEqual(each([2, 2, 1], all));
    expect(await rig.sessions.get(session.id)).toMatchObject({ tokens: { ...noTokens, input: 107 } });
  });

  it('of a push are applied in one transaction, and each session is told of once', async () => {
    const [one, two] = [await rig.running(hostId), await rig.running(hostId)];
    rig.told.length = 0;
    const facts = [1, 2, 3, 4].map((rev) =>
      usageFact(rev % 2 ? one.id : two.id, { rev, input: rev }, [
        minuteWith('2026-01-01T10:00:00Z', rev, { input: rev }),
      ]),
    );
    await push(facts);
    expect(rig.told.map(({ id, tokens }) => [id, tokens.input]).sort()).toEqual(
      [
        [one.id, 3],
        [two.id, 4],
      ].sort(),
    );
    expect(rig.told.map(({ version }) => version)).toEqual([one.version + 1, two.version + 1]);
  });

  it('of a push that fails half-way leave nothing, and count once when it comes again', async () => {
    const session = await rig.running(hostId);
    const fact = usageFact(session.id, { rev: 1, input: 9 }, [
      minuteWith('2026-01-01T10:00:00Z', 1, { input: 9 }),
    ]);
    const stream = newId();
    rig.faults.next('fact.in-transaction', () => {
      throw new Error('the hub ends here');
    });
    await expect(push([fact], stream)).rejects.toThrow('ends here');
    expect(await sums(session)).toEqual([]);
    expect(await push([fact], stream)).toBe(1);
    expect(await push([fact], stream)).toBe(1);
    expect(await sums(session)).toMatchObject(each([1, 1, 1], { input: 9 }));
  });

  it('of a daemon that tells none are made of what its totals grew by', async () => {
    const session = await rig.running(hostId);
    rig.clock.jump(Date.parse('2026-01-01T12:00:30Z') - rig.clock.now());
    await push([usageFact(session.id, { rev: 1, input: 10 }), usageFact(session.id, { rev: 2, input: 15 })]);
    rig.clock.jump(60_000);
    await push([usageFact(session.id, { rev: 2, input: 15 }), usageFact(session.id, { rev: 3, input: 20 })]);
    expect(await sums(session)).toMatchObject(each([2, 1, 1], { input: 20, nanos: 20_000 }));
    // One that tells minutes, but none in this fact, is not taken for one.
    await push([usageFact(session.id, { rev: 4, input: 99 }, [])]);
    expect(await sums(session)).toMatchObject(each([2, 1, 1], { input: 20 }));
  });

  it('of a daemon that tells none are not replaced by those that it tells after its update', async () => {
    const session = await rig.running(hostId);
    rig.clock.jump(Date.parse('2026-01-01T12:00:30Z') - rig.clock.now());
    await push([usageFact(session.id, { rev: 1, input: 10 })]);
    for (const [rev, input] of [
      [2, 3],
      [3, 5],
    ] as const) {
      const minute = minuteWith('2026-01-01T12:00:00Z', rev, { input });
      await push([usageFact(session.id, { rev, input: 10 + input }, [minute])]);
      expect(await sums(session)).toMatchObject(each([2, 2, 2], { input: 10 + input }));
    }
  });

  it('with names that PostgreSQL cannot keep are kept under others', async () => {
    const session = await rig.running(hostId);
    const minute = minuteWith('2026-01-01T10:00:00Z', 1, { input: 3, model: 'a\0b\ud800' });
    expect(await push([usageFact(session.id, { rev: 1, input: 3, model: '\0' }, [minute])])).toBe(1);
    const rows = await rig.database.client.usageBucket.findMany({ where: { sessionId: session.id } });
    expect(new Set(rows.map(({ model }) => model))).toEqual(new Set(['ab\ufffd']));
  });

  it('of a session of another host, or of a life to come, count nothing', async () => {
    const session = await rig.running(hostId);
    const other = await rig.host();
    const minutes = [minuteWith('2026-01-01T10:00:00Z', 1, { input: 3 })];
    const fact = usageFact(session.id, { rev: 1, input: 3 }, minutes);
    expect(await rig.facts.apply(other, newId(), [factOf(1, fact)])).toBe(1);
    expect(await push([{ ...fact, epoch: 2 }])).toBe(1);
    expect(await sums(session)).toEqual([]);
  });

  it('outlive their session and their host', async () => {
    const leaving = await rig.host();
    const session = await rig.running(leaving);
    const minutes = [minuteWith('2026-01-01T10:00:00Z', 1, { input: 3 })];
    await rig.fact(leaving, usageFact(session.id, { rev: 1, input: 3 }, minutes));
    await rig.database.client.host.delete({ where: { id: leaving } });
    expect(await sums(session)).toMatchObject(each([1, 1, 1], { input: 3 }));
  });
});

describe('prompts', () => {
  it('keep their newest revision', async () => {
    const session = await rig.running(hostId);
    const prompt = (rev: number, costNanos: number) => ({
      ...{ promptId: 'p1', rev, at: '2026-01-01T10:00:00Z', model: 'opus', costNanos },
      ...{ tokens: { ...noTokens, input: rev }, costSource: 'reported', requests: 1, toolCalls: 0 },
      characters: 40,
    });
    const fact = (rev: number, prompts: object[]) => ({
      ...usageFact(session.id, { rev, input: 1 }, []),
      prompts,
    });
    await push([fact(1, [prompt(2, 20)]), fact(2, [prompt(1, 10), prompt(3, 30)])]);
    await push([fact(3, [prompt(1, 10)])]);
    const rows = await rig.database.client.promptUsage.findMany({ where: { sessionId: session.id } });
    expect(rows).toMatchObject([{ rev: 3, costNanos: 30n, inputTokens: 3n, hostId, profile: 'bash' }]);
  });
});
