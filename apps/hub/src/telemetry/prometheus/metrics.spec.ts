// /metrics of a hub that has taken in usage: the numbers, who may read them, and Prometheus' own opinion.
import { newId } from '@roundhouse/kit';
import { hostIdSchema, sessionIdSchema } from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../platform/database/database.js';
import { FactsService } from '../../sessions/facts.service.js';
import { factOf } from '../../testing/hub-rig.js';
import { checkMetrics, promtoolOrSkip } from '../../testing/promtool.js';
import { TestHub } from '../../testing/test-hub.js';
import { minuteWith, usageFact } from '../../testing/usage.js';
import { families } from './families.js';

const canary = 'rh-canary-5f1c';
let test: TestHub;
let cookie: string;
beforeAll(async () => {
  test = await TestHub.start();
  cookie = await test.setUp();
  const { client } = test.hub.get(Database);
  const hostId = hostIdSchema.parse(newId());
  await client.host.create({ data: { id: hostId, name: canary } });
  const place = { project: `/srv/${canary}`, projectName: canary, state: 'running', task: canary };
  const minute = (input: number, model: string) => [
    minuteWith('2026-01-01T10:00:00Z', 1, { input, model, calls: 3, failed: 1, workingMs: 1_500 }),
  ];
  for (const [profile, model] of [
    ['claude', 'opus "4"\n'],
    ['codex', 'gpt\\5'],
  ] as const) {
    const id = sessionIdSchema.parse(newId());
    const activity = { kind: 'waiting', why: canary, since: '2026-01-01T10:00:00Z' };
    await client.session.create({ data: { id, hostId, profile, name: canary, activity, ...place } });
    const fact = factOf(1, usageFact(id, { rev: 1, input: 61_950 }, minute(61_950, model)));
    await test.hub.get(FactsService).apply(hostId, newId(), [fact]);
  }
}, 60_000);
afterAll(() => test.close());

const metrics = (headers: Record<string, string>) => test.call({ path: '/metrics', headers });
const tokenWith = async (scopes: string[]): Promise<string> => {
  const answer = await test.call({
    path: '/api/v1/tokens',
    json: { name: scopes.join(), scopes },
    headers: test.browser(cookie),
  });
  return `Bearer ${String(answer.body.secret ?? answer.body.token)}`;
};

describe('/metrics', () => {
  it('is for tokens with its scope, which may have no other; never public', async () => {
    expect((await metrics({})).status).toBe(401);
    expect((await metrics({ authorization: await tokenWith(['session.view']) })).status).toBe(403);
    const authorization = await tokenWith(['metrics.view']);
    const answer = await metrics({ authorization });
    expect([answer.status, answer.headers['content-type']]).toEqual([
      ...[200, 'text/plain; version=0.0.4; charset=utf-8'],
    ]);
    expect((await test.call({ path: '/api/v1/usage', headers: { authorization } })).status).toBe(403);
  });

  it('F:Q3 the same token reads the numbers for a widget', async () => {
    const authorization = await tokenWith(['metrics.view']);
    const { status, body } = await test.call({ path: '/api/v1/summary', headers: { authorization } });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        hosts: { total: 1, online: 0 },
        sessions: { live: 2, working: 0, waiting: 2 },
        lastDay: { tokens: 0, costNanos: 0, costDollars: 0 },
      },
    });
    expect((await test.call({ path: '/api/v1/summary' })).status).toBe(401);
  });

  it('has the numbers of the days, exactly, every family, and no other name (R:H15)', async () => {
    const { text } = await metrics(test.browser(cookie));
    for (const line of [
      String.raw`roundhouse_tokens_total{profile="claude",model="opus \"4\"\n",kind="input"} 61950`,
      String.raw`roundhouse_cost_dollars_total{profile="codex",model="gpt\\5",source="reported"} 0.06195`,
      'roundhouse_tool_calls_total{profile="claude",tool="Bash",outcome="succeeded"} 2',
      'roundhouse_tool_calls_total{profile="claude",tool="Bash",outcome="failed"} 1',
      'roundhouse_activity_seconds_total{profile="claude",activity="working"} 1.5',
      'roundhouse_sessions{profile="claude",state="running"} 1',
      'roundhouse_sessions_activity{profile="codex",activity="waiting"} 1',
      'roundhouse_facts_applied_total 2',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    const told = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
    expect(told.sort()).toEqual(Object.keys(families).sort());
    expect(text).not.toContain(canary);
  });

  it('is what promtool finds nothing against', async (context) => {
    const promtool = await promtoolOrSkip(context);
    if (promtool === null) return;
    const { text } = await metrics(test.browser(cookie));
    expect(await checkMetrics(promtool, text)).toBe('');
    // It does find something where there is something.
    expect(await checkMetrics(promtool, text.replaceAll('_seconds_total', '_ms'))).not.toBe('');
  }, 120_000);
});
