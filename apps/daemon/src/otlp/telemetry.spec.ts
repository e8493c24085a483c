import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Disposer, ManualClock, silentLogger, systemClock, type Clock } from '@roundhouse/kit';
import { sessionIdSchema, usageSchema, type Usage } from '@roundhouse/protocol';
import { listen } from './listen.js';
import { noPrices } from './pricing/price.js';
import { createTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.js';
import { claudeMeaning as claudeMap, interactive, interactiveTotals, type Captured } from './testing.js';
import { call, openSession } from './testing-grpc.js';
import { jsonType, send, type Answered } from './testing-http.js';
import { newTelemetryToken, sourceKey, type Source } from './token-registry.js';
import { UsageJournal } from './usage-journal.js';
import { createFileUsageStore, type UsageStore } from './usage-store.js';

const sessionA = sessionIdSchema.parse('1a6bd2b3-39a5-4b13-a5f5-6f2f3d0c8f01');
const sessionB = sessionIdSchema.parse('2b7ce3c4-4ab6-4c24-86f6-7f3f4e1d9f02');
const a: Source = { sessionId: sessionA, epoch: 1 };
const b: Source = { sessionId: sessionB, epoch: 1 };

let clock: ManualClock;
let cleanup: Disposer;
let directory: string;
let store: UsageStore;
let told: { source: Source; usage: Usage }[];

beforeEach(async () => {
  cleanup = new Disposer();
  directory = await mkdtemp(join(tmpdir(), 'roundhouse-otlp-'));
  cleanup.add(() => rm(directory, { recursive: true, force: true }));
  const fileOf = (source: Source): string => join(directory, source.sessionId, `${sourceKey(source)}.json`);
  store = createFileUsageStore({ fileOf, logger: silentLogger(), now: () => 0 });
  told = [];
});
afterEach(() => cleanup.dispose());

/** Real, but no write waits for others. */
const hurried: Clock = { ...systemClock, after: (_ms, callback) => systemClock.after(0, callback) };
const openJournal = (): Promise<UsageJournal> =>
  UsageJournal.open({ directory: join(directory, 'journal'), clock: hurried, logger: silentLogger() });

async function start(options: Partial<TelemetryOptions> = {}): Promise<Telemetry> {
  clock = new ManualClock();
  const telemetry = await createTelemetry({
    clock,
    logger: silentLogger(),
    port: { port: 0, explicit: true },
    store,
    journal: await openJournal(),
    prices: noPrices,
    onUsage: (source, { usage }) => {
      told.push({ source, usage: usageSchema.parse(usage) });
    },
    perSecond: 1e6,
    ...options,
  });
  cleanup.add(() => telemetry.close());
  return telemetry;
}

/** Sends as an agent does that knows nothing but its endpoint. */
function post(telemetry: Telemetry, token: string, { signal, bytes }: Captured): Promise<Answered> {
  const url = new URL(telemetry.endpointFor(token) ?? '');
  const path = `${url.pathname}/v1/${signal}`;
  return send({ port: Number(url.port), path, headers: jsonType, body: bytes, chunked: true });
}

async function postAll(telemetry: Telemetry, token: string, bodies: readonly Captured[]): Promise<number[]> {
  const answers = await Promise.all(bodies.map((body) => post(telemetry, token, body)));
  return answers.map(({ status }) => status);
}

describe('a session', () => {
  it('has the exact totals of its agent, each body sent three times at once (R:C11)', async () => {
    const { token, tokenHash } = newTelemetryToken();
    const telemetry = await start();
    expect(await telemetry.register({ ...a, tokenHash, telemetry: claudeMap })).toBeNull();
    for (let time = 0; time < 3; time += 1) {
      expect(new Set(await postAll(telemetry, token, interactive))).toEqual(new Set([200]));
      clock.advance(1_000);
    }
    expect(telemetry.usageOf(a)).toMatchObject(interactiveTotals);
    expect(told.at(-1)).toEqual({ source: a, usage: telemetry.usageOf(a) });
    const revs = told.map(({ usage }) => usage.rev);
    expect(revs).toEqual(revs.toSorted((x, y) => x - y));
    expect(new Set(revs).size).toBe(revs.length);
  });

  it('keeps them over restarts of the daemon, with the token that its agent has', async () => {
    const { token, tokenHash } = newTelemetryToken();
    let rev = 0;
    for (let at = 0; at < interactive.length; at += 4) {
      const telemetry = await start();
      const report = await telemetry.register({ ...a, tokenHash, telemetry: claudeMap });
      expect(report?.usage.rev ?? 0).toBe(rev);
      // What the agent did not see answered before the restart it sends again.
      await postAll(telemetry, token, interactive.slice(Math.max(0, at - 2), at + 4));
      rev = telemetry.usageOf(a)?.rev ?? 0;
      await telemetry.close();
    }
    const last = await start();
    expect((await last.register({ ...a, tokenHash, telemetry: claudeMap }))?.usage).toMatchObject(
      interactiveTotals,
    );
  });

  it('has a sum of its own for each epoch', async () => {
    const [first, second] = [newTelemetryToken(), newTelemetryToken()];
    const telemetry = await start();
    await telemetry.register({ ...a, tokenHash: first.tokenHash, telemetry: claudeMap });
    await telemetry.register({ ...a, epoch: 2, tokenHash: second.tokenHash, telemetry: claudeMap });
    await postAll(telemetry, second.token, interactive);
    expect(telemetry.usageOf(a)).toBeNull();
    expect(telemetry.usageOf({ ...a, epoch: 2 })).toMatchObject(interactiveTotals);
  });

  it('takes telemetry of unknown meaning and counts nothing', async () => {
    const { token, tokenHash } = newTelemetryToken();
    const telemetry = await start();
    await telemetry.register({ ...a, tokenHash, telemetry: null });
    const metrics = interactive.filter(({ signal }) => signal === 'metrics');
    expect(new Set(await postAll(telemetry, token, metrics))).toEqual(new Set([200]));
    expect(telemetry.usageOf(a)).toBeNull();
  });

  it('is refused after its end', async () => {
    const { token, tokenHash } = newTelemetryToken();
    const telemetry = await start();
    await telemetry.register({ ...a, tokenHash, telemetry: claudeMap });
    await telemetry.unregister(a);
    expect(await postAll(telemetry, token, interactive.slice(0, 1))).toEqual([401]);
  });
});

it("with A's token and B's attributes is A (R:H12)", async () => {
  const [ofA, ofB] = [newTelemetryToken(), newTelemetryToken()];
  const telemetry = await start();
  await telemetry.register({ ...a, tokenHash: ofA.tokenHash, telemetry: claudeMap });
  await telemetry.register({ ...b, tokenHash: ofB.tokenHash, telemetry: claudeMap });
  const named = `{"key":"roundhouse.session","value":{"stringValue":"${sessionB}"}}`;
  const lies = interactive.map(({ bytes, ...body }) => ({
    ...body,
    bytes: Buffer.from(
      bytes.toString().replaceAll('{"key":"service.name"', `${named},{"key":"service.name"`),
    ),
  }));
  await postAll(telemetry, ofA.token, lies);
  expect(telemetry.usageOf(a)).toMatchObject(interactiveTotals);
  expect(telemetry.usageOf(b)).toBeNull();
  expect(telemetry.stats().ledger.mismatched).toBeGreaterThan(0);
});

describe('a crash', () => {
  const [body] = interactive.slice(2);
  const logs = interactive.filter(({ bytes }) => bytes.includes('claude_code.api_request'));

  it.each(['before', 'after'])('%s the write: the batch is sent again and counts once', async (moment) => {
    const { token, tokenHash } = newTelemetryToken();
    const journal = await openJournal();
    const append = journal.append.bind(journal);
    journal.append = async (entry) => {
      if (moment === 'after') await append(entry);
      throw new Error('killed');
    };
    const crashing = await start({ journal });
    await crashing.register({ ...a, tokenHash, telemetry: claudeMap });
    expect(new Set(await postAll(crashing, token, logs))).toEqual(new Set([503]));
    expect(crashing.usageOf(a)).toBeNull();
    expect(told).toEqual([]);
    const next = await start();
    await next.register({ ...a, tokenHash, telemetry: claudeMap });
    expect(new Set(await postAll(next, token, logs))).toEqual(new Set([200]));
    expect(next.usageOf(a)).toMatchObject(interactiveTotals);
  });

  it('of a listener does not have the batch sent again', async () => {
    const { token, tokenHash } = newTelemetryToken();
    const telemetry = await start({
      onUsage: () => {
        throw new Error('listener');
      },
    });
    await telemetry.register({ ...a, tokenHash, telemetry: claudeMap });
    expect(body && (await post(telemetry, token, body)).status).toBe(200);
  });

  it('of the daemon: its successor keeps agents waiting until it knows their sessions', async () => {
    const { token, tokenHash } = newTelemetryToken();
    const telemetry = await start({ expectsSessions: true });
    expect(await postAll(telemetry, token, logs.slice(0, 1))).toEqual([503]);
    await telemetry.register({ ...a, tokenHash, telemetry: claudeMap });
    expect(await postAll(telemetry, token, logs.slice(0, 1))).toEqual([200]);
    telemetry.allRegistered();
    expect(await postAll(telemetry, 'unknown', logs.slice(0, 1))).toEqual([401]);
  });
});

describe('the port (R:C13)', () => {
  async function occupied(): Promise<number> {
    const server: Server = createServer();
    cleanup.add(() => new Promise((resolve) => server.close(() => resolve())));
    return listen(server, { port: 0, explicit: true });
  }

  it('is another one when the default is taken', async () => {
    const taken = await occupied();
    const telemetry = await start({ port: { port: taken, explicit: false } });
    expect(telemetry.status).toMatchObject({ state: 'listening', reason: null });
    expect(telemetry.status.port).not.toBe(taken);
    // gRPC is there as well: without a token it is told so in its own words.
    const session = openSession(telemetry.status.port ?? 0);
    expect(await call(session, { sent: Buffer.alloc(0) })).toMatchObject({ status: 16 });
    session.destroy();
  });

  it('is not replaced when a person chose it: telemetry is off and says why', async () => {
    const taken = await occupied();
    const telemetry = await start({ port: { port: taken, explicit: true } });
    expect(telemetry.error).toMatchObject({ code: 'LISTENER_UNAVAILABLE' });
    expect(telemetry.status).toMatchObject({ state: 'off', port: null });
    expect(telemetry.status.reason).toContain(`127.0.0.1:${String(taken)}`);
    const { token, tokenHash } = newTelemetryToken();
    await telemetry.register({ ...a, tokenHash, telemetry: claudeMap });
    expect(telemetry.endpointFor(token)).toBeNull();
  });

  it('is that of the last run, which running agents know, where it is free', async () => {
    const first = await start({ port: { port: 0, explicit: false } });
    const previous = first.status.port ?? 0;
    await first.close();
    const next = await start({ port: { port: 4318, explicit: false, previous } });
    expect(next.status.port).toBe(previous);
  });
});
