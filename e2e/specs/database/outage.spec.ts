// The database is away for a minute: terminals go on, what must be stored is refused in so many words, and nothing is lost.
import { expect, test } from '@playwright/test';
import { DatabaseBed, keepTelling, usageOf } from '../../stack/database-bed.js';
import { FakeAgent } from '../../stack/fake-agent.js';
import { figures } from '../../stack/figures.js';
import { makeRepository } from '../../stack/git-repo.js';
import { keystrokes, percentile } from '../../stack/measure.js';
import { ledgerOf } from '../../stack/otlp-sender.js';
import { pause } from '../../stack/size.js';
import { until } from '../../stack/wait.js';

const outageMs = Number(process.env['E2E_OUTAGE_S'] ?? 60) * 1_000;
const echoMs = 200;
const drainMs = 5_000;
/** A daemon gathers minutes of usage for five seconds before it tells them: what is younger is not late. */
const gatherMs = 6_000;

let bed: DatabaseBed;
test.beforeAll(async () => {
  bed = await DatabaseBed.start();
});
test.afterAll(() => bed.stop());

for (const [name, begin, end] of [
  ['stopped', () => bed.postgres.halt(), () => bed.postgres.resume()],
  ['frozen', () => bed.postgres.freeze(), () => bed.postgres.thaw()],
] as const) {
  test(`R:C16 F3 PostgreSQL is ${name} for ${String(outageMs / 1_000)} s: keys are echoed, writes are refused, and all is there 5 s after it is back`, async () => {
    test.setTimeout(outageMs + 120_000);
    const { stack, daemon } = bed;
    const told = await bed.told();
    const echo = await FakeAgent.start(stack, daemon, { do: 'echo' });
    const ends = await FakeAgent.start(stack, daemon, { do: 'echo' });
    const [viewer, leaving] = [await stack.view(echo.id), await stack.view(ends.id)];
    await viewer.sees('READY');
    await leaving.sees('READY');
    const other = await stack.addDaemon(`leaves while it is ${name}`);
    makeRepository(other.root, 'engine');
    await stack.rescan(other);
    const onOther = await stack.running(other, { project: `${other.root}/engine` });
    const telling = keepTelling(told);
    await pause(2_000);
    const { pid } = stack.hub.program;
    await bed.loopMs();

    await begin();
    const last = performance.now() + outageMs;
    const answers: { status: number; code: string; ms: number; hint: string }[] = [];
    const asking = (async () => {
      for (let turn = 0; performance.now() < last - 6_000; turn += 1) {
        const began = performance.now();
        const asked =
          turn % 2 === 0
            ? stack.rest.call('POST', 'hosts', { name: `never-${turn}` })
            : stack.rest.call('GET', 'sessions');
        const { status, body } = await asked;
        answers.push({ status, code: body.code, ms: performance.now() - began, hint: body.hint });
        await pause(500);
      }
    })();
    // What happens on the host meanwhile is told later.
    await leaving.type('\x04');
    await leaving.seesExit();
    await other.kill9();
    const toldAll = pause(outageMs - gatherMs).then(() => telling.stop());
    const keys = await keystrokes(viewer, () => performance.now() < last);
    await asking;
    const loop = await bed.loopMs();
    const sent = await toldAll;

    await end();
    const back = performance.now();
    const ledger = ledgerOf(sent);
    const seen: Record<string, number> = {};
    const mark = async (what: string, look: () => Promise<boolean>): Promise<void> => {
      await until(() => look().catch(() => false), { what, timeoutMs: 30_000 });
      seen[what] = Math.round(performance.now() - back);
    };
    await Promise.all([
      mark(
        'a write',
        async () => (await stack.rest.call('POST', 'hosts', { name: `back-${name}` })).status === 201,
      ),
      mark('the end of a session', async () => (await stack.session(ends.id)).state === 'exited'),
      mark('every token', async () => (await usageOf(stack, told)).total.requests === sent.length),
      mark(
        'a host that left is seen',
        async () => (await stack.rest.get(`hosts/${other.hostId}`)).state === 'unreachable',
      ),
      mark('its session is unknown', async () => (await stack.session(onOther.id)).state === 'unknown'),
      mark('ready', async () => (await stack.rest.call('GET', '/readyz')).status === 200),
      mark('online', async () => (await stack.rest.get(`hosts/${daemon.hostId}`)).state === 'online'),
    ]);
    const p95 = percentile(keys, 0.95);
    figures(`C16 ${name}`, {
      keys: keys.length,
      p95,
      max: Math.max(...keys),
      loop,
      answers: answers.length,
      slowestAnswerMs: Math.max(...answers.map(({ ms }) => ms)),
      ...seen,
    });
    expect(stack.hub.program.pid).toBe(pid);
    expect(p95).toBeLessThan(echoMs);
    expect(answers.length).toBeGreaterThan(3);
    for (const answer of answers) expect(answer).toMatchObject({ status: 503, code: 'DB_UNAVAILABLE' });
    expect((await usageOf(stack, told)).total).toMatchObject({ ...ledger, requests: sent.length });
    for (const [what, ms] of Object.entries(seen)) expect(ms, what).toBeLessThan(drainMs);
    // Viewers and sessions are those of before.
    expect(viewer.faults).toEqual([]);
    expect(viewer.returns).toBe(0);
    expect((await stack.session(echo.id)).state).toBe('running');
    await viewer.type('\x04');
    await viewer.seesExit();
    expect(await echo.report()).toMatchObject({ typed: 'k'.repeat(keys.length) });
  });
}
