// How long a page of usage waits: 90 days of 50 sessions, two models each, with every hour and the last two days' minutes.
import { hubUnderTest } from '../../e2e/stack/paths.js';
import { Stack } from '../../e2e/stack/stack.js';
import { loadAverage } from '../core/process-figures.js';
import { median } from '../core/stats.js';
import type { Row } from '../core/table.js';

const sessions = 50;
/** A statement may take five seconds, so it fills in parts. */
const parts = 10;
const rounds = 5;
const wantedMs = 200;
/** Days of another zone are made of hours: 216,000 rows. */
const zoneMs = 1_000;

const questions: readonly (readonly [path: string, limitMs: number])[] = [
  ['usage?window=90d&groupBy=model', wantedMs],
  ['usage?window=90d&groupBy=project,profile', wantedMs],
  ['usage?window=90d&groupBy=session', wantedMs],
  ['usage?window=90d&groupBy=day', wantedMs],
  ['usage?window=24h&groupBy=model', wantedMs],
  ['usage/series?window=90d&by=model', wantedMs],
  ['usage/series?window=24h&by=kind', wantedMs],
  ['usage?window=90d&groupBy=day&tz=Europe/Berlin', zoneMs],
  ['usage/series?window=90d&by=kind&tz=Europe/Berlin', zoneMs],
  ['fleet/activity', 2 * wantedMs],
  ['/metrics', wantedMs],
];

/** One row for each question: the median of five answers. */
export async function queries(): Promise<Row[]> {
  const stack = await Stack.start({
    hubEntry: hubUnderTest,
    hubEnv: { ROUNDHOUSE_LOG_LEVEL: 'warn' },
  });
  try {
    await fill(stack);
    const rows: Row[] = [];
    for (const [path, limitMs] of questions) rows.push(await ask(stack, path, limitMs));
    return rows;
  } finally {
    await stack.stop();
  }
}

async function ask(stack: Stack, path: string, limitMs: number): Promise<Row> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await stack.rest.get(path);
    times.push(Math.round(performance.now() - began));
  }
  const took = median(times);
  return {
    measure: path,
    yardstick: `90 days of ${String(sessions)} sessions`,
    ours: `${times.join(' ')} ms`,
    result: `${String(took)} ms`,
    limit: `< ${String(limitMs)} ms`,
    passed: took < limitMs,
    load: loadAverage(),
  };
}

async function fill(stack: Stack): Promise<void> {
  const run = (sql: string): Promise<unknown> => stack.hub.program.order('sql', { sql });
  const { id: host } = await stack.rest.ok('POST', 'hosts', { name: 'mill' });
  for (const [grain, step, kept] of [
    [2, 'day', '95 days'],
    [1, 'hour', '90 days'],
    [0, 'minute', '2 days'],
  ] as const) {
    for (let part = 0; part < parts; part += 1) {
      const each = sessions / parts;
      const first = part * each;
      const from = `FROM generate_series(date_trunc('${step}', now() - interval '${kept}', 'UTC'), now(), interval '1 ${step}') AS at,
        generate_series(${String(first)}::int, ${String(first + each - 1)}::int) AS s`;
      const who = `md5(s::text)::uuid, 1, '${host}'::uuid, 'mill', '/srv/' || (s % 7), (s % 7)::text,
        CASE WHEN s % 2 = 0 THEN 'claude' ELSE 'codex' END`;
      const columns = 'session_id, epoch, host_id, host_name, project, project_name, profile';
      await run(`INSERT INTO usage_buckets (grain, at, ${columns}, model, agent, role, input_tokens, cost_nanos, requests)
        SELECT ${String(grain)}::smallint, at, ${who}, m, '', 'main', s, s * 1000, 1
        ${from}, unnest(ARRAY['opus', 'haiku']) AS m`);
      await run(`INSERT INTO activity_buckets (grain, at, ${columns}, rev, updated_at, working_ms)
        SELECT ${String(grain)}::smallint, at, ${who}, 1, at, 1000 ${from}`);
    }
  }
  await run('ANALYZE usage_buckets');
  await run('ANALYZE activity_buckets');
}
