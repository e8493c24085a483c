// How long a page of usage waits: 90 days of 50 sessions, two models each, with every hour and the last minutes.
import { ManualClock, newId } from '@roundhouse/kit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../../platform/database/database.js';
import { TestHub } from '../../testing/test-hub.js';

const now = Date.parse('2026-05-17T13:37:42Z');
/** On a machine that is free; beside other specs five times that, unless LONG_BAR=1 asks for the bar itself. */
const wantedMs = 200 * (process.env.LONG_BAR === '1' ? 1 : 5);
let test: TestHub;
let cookie: string;
beforeAll(async () => {
  test = await TestHub.start({ clock: new ManualClock(now) });
  cookie = await test.setUp();
  const { client } = test.hub.get(Database);
  const host = newId();
  await client.host.create({ data: { id: host, name: 'mill' } });
  const fill = async (grain: number, step: string, from: Date): Promise<void> => {
    // In parts: a statement may take five seconds.
    for (let part = 0; part < 10; part += 1) {
      await client.$executeRaw`
        INSERT INTO usage_buckets (grain, at, session_id, epoch, model, agent, role, host_id, host_name, project,
          project_name, profile, input_tokens, cost_nanos, requests)
        SELECT ${grain}::smallint, at, md5(s::text)::uuid, 1, m, '', 'main', ${host}::uuid, 'mill',
          '/srv/' || (s % 7), (s % 7)::text, CASE WHEN s % 2 = 0 THEN 'claude' ELSE 'codex' END, s, s * 1000, 1
        FROM generate_series(date_trunc(${step}, ${from}::timestamptz, 'UTC'), ${new Date(now)}::timestamptz,
          ('1 ' || ${step})::interval) AS at, generate_series(${part * 5}::int, ${part * 5 + 4}::int) AS s, unnest(ARRAY['opus', 'haiku']) AS m`;
      await client.$executeRaw`
        INSERT INTO activity_buckets (grain, at, session_id, epoch, host_id, host_name, project, project_name, profile,
          rev, updated_at, working_ms)
        SELECT ${grain}::smallint, at, md5(s::text)::uuid, 1, ${host}::uuid, 'mill', '/srv/' || (s % 7), (s % 7)::text,
          CASE WHEN s % 2 = 0 THEN 'claude' ELSE 'codex' END, 1, at, 1000
        FROM generate_series(date_trunc(${step}, ${from}::timestamptz, 'UTC'), ${new Date(now)}::timestamptz,
          ('1 ' || ${step})::interval) AS at, generate_series(${part * 5}::int, ${part * 5 + 4}::int) AS s`;
    }
  };
  const day = 86_400_000;
  await fill(2, 'day', new Date(now - 95 * day));
  await fill(1, 'hour', new Date(now - 90 * day));
  await fill(0, 'minute', new Date(now - 2 * day));
  await client.$executeRaw`ANALYZE usage_buckets`;
  await client.$executeRaw`ANALYZE activity_buckets`;
}, 180_000);
afterAll(() => test.close());

it.each([
  ['usage?window=90d&groupBy=model', wantedMs],
  ['usage?window=90d&groupBy=project,profile', wantedMs],
  ['usage?window=90d&groupBy=session', wantedMs],
  ['usage?window=90d&groupBy=day', wantedMs],
  ['usage?window=24h&groupBy=model', wantedMs],
  ['usage/series?window=90d&by=model', wantedMs],
  ['usage/series?window=24h&by=kind', wantedMs],
  // Days of another zone are made of hours: 216,000 rows.
  ['usage?window=90d&groupBy=day&tz=Europe/Berlin', 5 * wantedMs],
  ['usage/series?window=90d&by=kind&tz=Europe/Berlin', 5 * wantedMs],
  ['fleet/activity', 2 * wantedMs],
  ['../../metrics', wantedMs],
])('%s is answered within %d ms', async (path, limit) => {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const began = performance.now();
    const url = path.startsWith('../') ? '/metrics' : `/api/v1/${path}`;
    const answer = await test.call({ path: url, headers: test.browser(cookie) });
    times.push(Math.round(performance.now() - began));
    expect(answer.status, answer.text.slice(0, 500)).toBe(200);
  }
  console.info(`${path}: ${times.join(' ')} ms`);
  // The best: other specs run beside this one.
  expect(Math.min(...times)).toBeLessThan(limit);
});
