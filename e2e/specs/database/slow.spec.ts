// A database that answers five seconds late: typing does not feel it, and requests say so instead of waiting for ever.
import { expect, test } from '@playwright/test';
import { DatabaseBed, keepTelling, usageOf } from '../../stack/database-bed.js';
import { FakeAgent } from '../../stack/fake-agent.js';
import { figures } from '../../stack/figures.js';
import { keystrokes, percentile } from '../../stack/measure.js';
import { ledgerOf } from '../../stack/otlp-sender.js';
import { pause } from '../../stack/size.js';
import { until } from '../../stack/wait.js';

const slowMs = Number(process.env['E2E_OUTAGE_S'] ?? 60) * 1_000;
const delayMs = 5_000;
const limits = { keyMs: 150, loopMs: 100, pool: 10, answerMs: 5_500, drainMs: 10_000 };

let bed: DatabaseBed;
test.beforeAll(async () => {
  bed = await DatabaseBed.start();
});
test.afterAll(() => bed.stop());

test(`R:C17 F4 PostgreSQL answers ${String(delayMs / 1_000)} s late for ${String(slowMs / 1_000)} s: keys are echoed, requests end typed, ten connections at most`, async () => {
  test.setTimeout(slowMs + 120_000);
  const { stack, daemon, line } = bed;
  const told = await bed.told();
  const echo = await FakeAgent.start(stack, daemon, { do: 'echo' });
  const viewer = await stack.view(echo.id);
  await viewer.sees('READY');
  const telling = keepTelling(told);
  await pause(2_000);
  await bed.loopMs();

  line.delay(delayMs, { way: 'down' });
  const end = performance.now() + slowMs;
  const answers: { status: number; code: string; ms: number }[] = [];
  let connections = 0;
  // More people at once than there are connections.
  const people = Array.from({ length: 30 }, async (_, person) => {
    for (let turn = 0; performance.now() < end - limits.answerMs; turn += 1) {
      const began = performance.now();
      const asked =
        (person + turn) % 3 === 0
          ? stack.rest.call('POST', 'hosts', { name: `slow-${person}-${turn}` })
          : stack.rest.call('GET', 'sessions');
      const { status, body } = await asked;
      answers.push({ status, code: body.code, ms: performance.now() - began });
      await pause(200);
    }
  });
  const counting = setInterval(() => {
    void bed.postgres.connections().then((now) => {
      connections = Math.max(connections, now);
    });
  }, 500);
  const keys = await keystrokes(viewer, () => performance.now() < end);
  await Promise.all(people);
  clearInterval(counting);
  const loop = await bed.loopMs();
  const sent = await telling.stop();

  line.heal();
  const back = performance.now();
  await until(async () => (await usageOf(stack, told).catch(() => null))?.total.requests === sent.length, {
    what: 'every token is there',
    timeoutMs: 60_000,
  });
  const drainedMs = performance.now() - back;
  const p95 = percentile(keys, 0.95);
  const codes: Record<string, number> = {};
  for (const { status, code } of answers) codes[`${status} ${code}`] = (codes[`${status} ${code}`] ?? 0) + 1;
  const slowest = Math.max(...answers.map(({ ms }) => ms));
  figures('C17', {
    keys: keys.length,
    p95,
    max: Math.max(...keys),
    loop,
    connections,
    answers: codes,
    slowest,
    median: percentile(
      answers.map(({ ms }) => ms),
      0.5,
    ),
    drainedMs,
  });
  expect(p95).toBeLessThan(limits.keyMs);
  expect(loop.p99).toBeLessThan(limits.loopMs);
  expect(connections).toBeLessThanOrEqual(limits.pool);
  expect(slowest).toBeLessThan(limits.answerMs);
  for (const answer of answers) expect(answer).toMatchObject({ status: 503, code: 'DB_UNAVAILABLE' });
  expect(drainedMs).toBeLessThan(limits.drainMs);
  expect((await usageOf(stack, told)).total).toMatchObject({ ...ledgerOf(sent), requests: sent.length });
  await viewer.type('\x04');
  await viewer.seesExit();
});
