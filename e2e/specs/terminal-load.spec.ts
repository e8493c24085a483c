// Floods, large pastes and everybody at once: bounded memory, and nobody else waits.
import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { FakeAgent } from '../stack/fake-agent.js';
import { cpuS, keystrokes, percentile, rssMb } from '../stack/measure.js';
import { inRepository } from '../stack/paths.js';
import { processesOf, processesOfSession, signalWithChildren } from '../stack/processes.js';
import { RogueDaemon, type Enrolled } from '../stack/rogue-daemon.js';
import { bar, pause, sized } from '../stack/size.js';
import { makeBed, type TerminalBed } from '../stack/terminal-bed.js';
import { until } from '../stack/wait.js';

test.describe.configure({ mode: 'serial' });

let bed: TerminalBed;

test.beforeAll(async () => {
  bed = await makeBed();
});
test.afterAll(() => bed.stack.stop());

const flood = inRepository('e2e/scripts/fake-agent/flood.mjs');
const floodS = sized(6, 60);
/** Shorter than a hub takes to call its database away; the minute is in `npm run test:database`. */
const frozenMs = 1_500;
const daemonCount = sized(60, 200);

test(
  `R:D16 a flood for ${floodS} s, three viewers, one deaf: memory bounded, the others current, Ctrl-C works`,
  bar,
  async () => {
    test.setTimeout(60_000 + floodS * 1_000);
    const { stack, daemon } = bed;
    const session = await stack.running(daemon, { project: `${daemon.root}/engine` });
    const lags: number[] = [];
    const look = (data: Buffer): void => {
      const stamp = data
        .toString('latin1')
        .match(/T(\d{13})/g)
        ?.at(-1);
      if (stamp) lags.push(Date.now() - Number(stamp.slice(1)));
    };
    const typist = await stack.view(session.id, { prefer: 'screen', look });
    await stack.view(session.id, { prefer: 'screen', look });
    await stack.view(session.id, { prefer: 'screen', look: () => undefined, deaf: true });
    const { pid } = stack.hub.program;
    const flooding = () =>
      processesOfSession(session.id).some(({ command }) => command.includes('flood.mjs'));
    await typist.type(`${process.execPath} ${flood}\r`);
    await until(flooding, { what: 'the flood begins' });
    await pause(1_000);
    const before = rssMb(pid);
    let most = before;
    for (let second = 0; second < floodS; second += 1) {
      await pause(1_000);
      most = Math.max(most, rssMb(pid));
    }
    const asked = Date.now();
    await typist.type('\x03');
    await until(() => !flooding(), { what: 'Ctrl-C ends the flood', timeoutMs: 5_000 });
    const stopped = Date.now() - asked;
    // What runs always shares its processors with other tests: the figure of the row is for the whole form.
    const lag = percentile(lags, sized(0.5, 0.99));
    const currentMs = sized(5_000, 1_000);
    test
      .info()
      .annotations.push({ type: 'figures', description: JSON.stringify({ before, most, lag, stopped }) });
    expect(lags.length).toBeGreaterThan(10);
    expect(
      { growth: most - before < 64, lag: lag < currentMs, stopped: stopped < 1_000 },
      JSON.stringify({ before, most, lag, stopped }),
    ).toEqual({
      ...{ growth: true, lag: true, stopped: true },
    });
    await stack.rest.ok('POST', `sessions/${session.id}/stop`, { force: true });
  },
);

test('R:D13 a paste of 10 MiB arrives byte for byte, and keys in another session are not held up', async () => {
  const { stack, daemon } = bed;
  const data = randomBytes(10 * 1024 * 1024);
  const sink = await FakeAgent.start(stack, daemon, { do: 'sink', bytes: data.length });
  const echo = await FakeAgent.start(stack, daemon, { do: 'echo' });
  const [into, other] = [await stack.view(sink.id), await stack.view(echo.id)];
  await into.sees('READY');
  await other.sees('READY');
  let pasting = true;
  const [took] = await Promise.all([
    keystrokes(other, () => pasting),
    into.paste(data).finally(() => {
      pasting = false;
    }),
  ]);
  expect(await sink.report()).toMatchObject({
    bytes: data.length,
    sha256: createHash('sha256').update(data).digest('hex'),
  });
  expect(percentile(took, 0.95), `${took.length} keys: ${took.map(Math.round).join(' ')}`).toBeLessThan(200);
  await other.type('\x04');
});

test('R:C16 keys are echoed while the database does not answer, and what was asked meanwhile is answered', async () => {
  const { stack, daemon } = bed;
  const echo = await FakeAgent.start(stack, daemon, { do: 'echo' });
  const viewer = await stack.view(echo.id);
  await viewer.sees('READY');
  const server =
    processesOf(stack.hub.stateDir).find(({ command }) => /postgres -D /.test(command))?.pid ?? 0;
  expect(server).toBeGreaterThan(1);
  signalWithChildren(server, 'SIGSTOP');
  try {
    const end = performance.now() + frozenMs;
    const asked = stack.rest.call('POST', 'hosts', { name: 'asked meanwhile' });
    const keys = await keystrokes(viewer, () => performance.now() < end);
    signalWithChildren(server, 'SIGCONT');
    expect(percentile(keys, 0.95), keys.map(Math.round).join(' ')).toBeLessThan(200);
    expect((await asked).status).toBe(201);
  } finally {
    signalWithChildren(server, 'SIGCONT');
  }
  await viewer.type('\x04');
  await viewer.seesExit();
});

test(
  `R:C20 ${daemonCount} daemons at once: all online within 30 s, nobody is refused, and the hub is quiet again`,
  bar,
  async () => {
    test.setTimeout(180_000);
    const { stack } = bed;
    const enrolled: Enrolled[] = [];
    for (let index = 0; index < daemonCount; index += 1) {
      const { joinToken } = await stack.rest.ok('POST', 'hosts', { name: `simulated-${index}` });
      enrolled.push(await RogueDaemon.enrol(stack.hub.url, joinToken));
    }
    const statuses: number[] = [];
    let watching = true;
    const people = (async () => {
      while (watching) {
        statuses.push((await stack.rest.call('GET', 'hosts')).status);
        await pause(50);
      }
    })();
    const connectAll = () => Promise.all(enrolled.map((each) => RogueDaemon.link(stack.hub.url, each)));
    const first = await connectAll();
    await allOnline(daemonCount);
    for (const daemon of first) daemon.close();
    const began = Date.now();
    const again = await connectAll();
    await allOnline(daemonCount);
    const took = Date.now() - began;
    watching = false;
    await people;
    expect(took).toBeLessThan(30_000);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    const { pid } = stack.hub.program;
    await until(
      async () => {
        const before = cpuS(pid);
        await pause(2_000);
        return (cpuS(pid) - before) / 2 < 0.2;
      },
      { what: 'the hub is below a fifth of a processor', timeoutMs: 30_000 },
    );
    test.info().annotations.push({ type: 'figures', description: `all online in ${took} ms` });
    for (const daemon of again) daemon.close();
  },
);

async function allOnline(count: number): Promise<void> {
  await until(
    async () => {
      const { items } = await bed.stack.rest.get('hosts');
      return (
        items.filter(
          ({ name, state }: { name: string; state: string }) =>
            name.startsWith('simulated') && state === 'online',
        ).length === count
      );
    },
    { what: `${count} hosts are online`, timeoutMs: 60_000 },
  );
}
