// What agents report is counted once, whatever happens on the way: in totals, and by minute, hour and day.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import type { Session, UsageItem, UsageReply } from '@roundhouse/protocol';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import {
  claudeTelemetry,
  counter,
  deliver,
  endpointOf,
  ledgerOf,
  logs,
  type AgentRequest,
} from '../stack/otlp-sender.js';
import { daemonUnderTest, inRepository } from '../stack/paths.js';
import { Random } from '../stack/random.js';
import { Stack } from '../stack/stack.js';
import type { TcpProxy } from '../stack/proxy.js';
import { until } from '../stack/wait.js';

test.describe.configure({ mode: 'serial' });

const minuteMs = 60_000;
let stack: Stack;
let line: TcpProxy;
let daemon: DaemonProcess;

/** What claude's telemetry means stands in its profile; here another program says it. */
function profiles(base: string): { PROFILES_DIR: string } {
  const dir = path.join(base, 'profiles');
  mkdirSync(dir, { recursive: true });
  const head = (name: string) => `name: ${name}\nalways_available: true\ncommands:\n  new: [sleep, '3600']\n`;
  writeFileSync(path.join(dir, 'told.yaml'), `${head('told')}${claudeTelemetry()}`);
  const counters = 'telemetry:\n  token_metrics: [fake.token.usage]\n';
  writeFileSync(path.join(dir, 'counted.yaml'), `${head('counted')}${counters}`);
  return { PROFILES_DIR: dir };
}

test.beforeAll(async () => {
  stack = await Stack.start();
  line = await stack.proxy();
  daemon = stack.makeDaemon('mill', {
    ...{ hubUrl: line.url, entry: daemonUnderTest, env: profiles(stack.base) },
  });
  makeRepository(daemon.root, 'engine');
  const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'mill' });
  daemon.hostId = id;
  daemon.start(joinToken);
  await stack.online(daemon);
});
test.afterAll(() => stack.stop());

const spawn = (profile: string): Promise<Session> =>
  stack.running(daemon, { project: path.join(daemon.root, 'engine'), profile });

/** Requests of one part of the test, whose times lie in it. */
function requestsOf(random: () => number, count: number, began: number): AgentRequest[] {
  const upTo = (max: number): number => Math.floor(random() * max);
  return Array.from({ length: count }, () => ({
    ...{
      id: randomUUID(),
      at: began - upTo(50_000),
      model: random() < 0.7 ? 'claude-opus-4-8' : 'claude-haiku-4-5',
    },
    tokens: [upTo(5_000), upTo(800), upTo(90_000), upTo(2_000)] as const,
    ...{ costNanos: upTo(2_000_000_000), failed: random() < 0.2 },
  }));
}

/** Every batch three times, in any order, several at once. */
async function sendThrice(
  url: string,
  requests: readonly AgentRequest[],
  random: () => number,
): Promise<void> {
  const batches: AgentRequest[][] = [];
  for (let at = 0; at < requests.length; at += 5) batches.push(requests.slice(at, at + 5));
  const order = [...batches, ...batches, ...batches]
    .map((batch) => ({ batch, place: random() }))
    .sort((a, b) => a.place - b.place);
  for (let at = 0; at < order.length; at += 4) {
    await Promise.all(order.slice(at, at + 4).map(({ batch }) => deliver(url, logs(batch))));
  }
}

/** The span of the whole test, on the clock that was pushed ahead as well. */
async function usage(session: Session, groupBy = ''): Promise<UsageReply> {
  const from = new Date(Date.now() - 60 * minuteMs).toISOString();
  const to = new Date(Date.now() + 120 * minuteMs).toISOString();
  return stack.rest.get<UsageReply>(`usage?session=${session.id}&from=${from}&to=${to}&groupBy=${groupBy}`);
}

const sumOf = (items: readonly UsageItem[], of: (item: UsageItem) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0);

/** Totals, and minutes, hours and days each added up, are the ledger. */
async function expectLedger(session: Session, requests: readonly AgentRequest[]): Promise<void> {
  const ledger = ledgerOf(requests);
  await until(
    async () => {
      const { total } = await usage(session);
      return total.tokens.input === ledger.tokens.input && total.requests === requests.length;
    },
    { what: `the hub has everything: ${JSON.stringify(ledger)}`, timeoutMs: 30_000 },
  ).catch(async (error: unknown) => {
    throw new Error(`${String(error)}; it has ${JSON.stringify(await usage(session, 'minute'))}`);
  });
  expect(await stack.session(session.id)).toMatchObject({ ...ledger, costSource: 'reported' });
  for (const group of ['model', 'minute', 'hour', 'day'] as const) {
    const { items, total } = await usage(session, group);
    expect(total, group).toMatchObject({ ...ledger, requests: requests.length });
    expect(
      sumOf(items, ({ costNanos }) => costNanos),
      group,
    ).toBe(ledger.costNanos);
    expect(
      sumOf(items, ({ tokens }) => tokens.cacheRead),
      group,
    ).toBe(ledger.tokens.cacheRead);
  }
}

test('R:C11 batches sent three times, out of order, over a partition and a killed daemon are the ledger, to the token and 1e-9 USD', async () => {
  test.setTimeout(120_000);
  const seed = new Random(11);
  const random = (): number => seed.next();
  const session = await spawn('told');
  const url = `${endpointOf(session)}/v1/logs`;
  const all: AgentRequest[] = [];
  const part = async (count: number, aheadMs: number): Promise<void> => {
    const requests = requestsOf(random, count, Date.now() + aheadMs);
    all.push(...requests);
    await sendThrice(url, requests, random);
  };

  await part(30, 0);
  // Other minutes and another hour: time passes on the host.
  await daemon.program.order('advance', { ms: 61 * minuteMs });
  await part(30, 61 * minuteMs);
  await expectLedger(session, all);

  // The hub cannot be reached; the agent does not notice.
  line.set({ kind: 'hole' });
  await part(20, 61 * minuteMs);
  line.set({ kind: 'pass' });
  // The daemon is killed while it takes what the agent sends, and its clock is the earlier one when it is back.
  const [sent] = await Promise.all([
    part(40, 0),
    sleep(150)
      .then(() => daemon.kill9())
      .then(() => {
        daemon.start();
      }),
  ]);
  expect(sent).toBeUndefined();
  await stack.online(daemon, 30_000);
  await expectLedger(session, all);

  // Everything once more: nothing counts again.
  await sendThrice(url, all, random);
  await sleep(3_000);
  await expectLedger(session, all);
  const { body } = await stack.rest.call('GET', `sessions/${session.id}/usage`);
  const failed = all.filter((request) => request.failed).length;
  expect(body.tools).toMatchObject([{ tool: 'Bash', calls: all.length, failed }]);
});

test('R:C12 a cumulative counter that begins again counts as the sum of both lives, over a killed daemon', async () => {
  test.setTimeout(120_000);
  const session = await spawn('counted');
  const url = `${endpointOf(session)}/v1/metrics`;
  const began = Date.now() - 20_000;
  const first = [100, 250, 400].map((count, index) => counter(began, began + 1_000 * (index + 1), count));
  for (const body of [...first, ...[...first].reverse(), ...first]) await deliver(url, body);
  await daemon.kill9();
  daemon.start();
  await stack.online(daemon, 30_000);
  const again = began + 10_000;
  const second = [50, 90].map((count, index) => counter(again, again + 1_000 * (index + 1), count));
  for (const body of [...second, ...first, ...second]) await deliver(url, body);
  await until(async () => (await usage(session)).total.tokens.input === 490, {
    what: 'both lives are there',
    timeoutMs: 45_000,
  }).catch(async (error: unknown) => {
    throw new Error(`${String(error)}; it has ${JSON.stringify(await usage(session, 'minute'))}`);
  });
  expect((await stack.session(session.id)).tokens.input).toBe(490);
  for (const group of ['minute', 'hour', 'day']) {
    expect(sumOf((await usage(session, group)).items, ({ tokens }) => tokens.input)).toBe(490);
  }
});

/** What the real agent sent in a conversation of six requests; the order is mixed up, and each comes three times. */
async function replay(session: Session, random: () => number): Promise<void> {
  const dir = inRepository('profiles/fixtures/claude/interactive');
  const files = readdirSync(dir).filter((name) => name.endsWith('.json'));
  const order = [...files, ...files, ...files]
    .map((name) => ({ name, place: random() }))
    .sort((a, b) => a.place - b.place);
  for (const [index, { name }] of order.entries()) {
    if (index === Math.floor(order.length / 2)) {
      await daemon.kill9();
      daemon.start();
    }
    const signal = name.includes('metrics') ? 'metrics' : 'logs';
    const body = JSON.parse(readFileSync(path.join(dir, name), 'utf8')) as object;
    await deliver(`${endpointOf(session)}/v1/${signal}`, body);
  }
  await stack.online(daemon, 30_000);
}

test('the six-times-too-low cost and the cache-blind context bar of the main seed are impossible: recordings of the agent, over a killed daemon, through hub and database', async () => {
  test.setTimeout(120_000);
  const seed = new Random(6);
  const session = await spawn('told');
  await replay(session, () => seed.next());
  await until(async () => (await usage(session)).total.requests === 6, {
    what: 'six requests are there',
    timeoutMs: 45_000,
  }).catch(async (error: unknown) => {
    const kept = await stack.session(session.id);
    throw new Error(`${String(error)}; it has ${JSON.stringify([kept, await usage(session, 'minute')])}`);
  });
  const tokens = { input: 7_200, output: 480, cacheRead: 5_400, cacheCreation: 1_800 };
  for (const group of ['', 'minute', 'hour', 'day']) {
    const { items, total } = await usage(session, group);
    // The greatest single number, which the seed took for the sum, is a sixth: 0.010325 USD and 1,200 tokens.
    expect(total, group).toMatchObject({
      tokens,
      costNanos: 61_950_000,
      costSource: 'reported',
      requests: 6,
    });
    expect(sumOf(items, ({ costNanos }) => costNanos)).toBe(61_950_000);
  }
  // 1,200 sent, 900 from the cache and 300 into it are 2,400 in the window; the seed showed 1,200.
  expect(await stack.session(session.id)).toMatchObject({
    ...{ tokens, costNanos: 61_950_000, costSource: 'reported' },
    context: { used: 2_400 },
  });
});
