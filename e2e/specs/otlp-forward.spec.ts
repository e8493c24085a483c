// gRPC and forwarding against programs that are not ours: gRPC's own client, and a collector made of the official .proto files.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { Collector } from '../otlp/collector.js';
import { installOfficial, OfficialOtlp, type Signal } from '../otlp/official-otlp.js';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { Stack } from '../stack/stack.js';
import { until } from '../stack/wait.js';

let stack: Stack;
let daemon: DaemonProcess;
let official: OfficialOtlp | null = null;
const collector = new Collector();
let told = '';

test.beforeAll(async () => {
  test.setTimeout(200_000);
  const prefix = await installOfficial();
  if (prefix === null) return;
  official = new OfficialOtlp(prefix);
  const url = await collector.start();
  stack = await Stack.start();
  told = path.join(stack.base, 'endpoint');
  const profiles = path.join(stack.base, 'profiles');
  mkdirSync(profiles);
  writeFileSync(
    path.join(profiles, 'teller.yaml'),
    `name: teller
always_available: true
commands:
  new: [bash, -c, 'printf "%s\\n" "$OTEL_EXPORTER_OTLP_ENDPOINT" > ${told}; exec sleep 1000']
telemetry:
  token_metrics: [claude_code.token.usage]
`,
  );
  const env = { PROFILES_DIR: profiles, OTLP_FORWARD_URL: url, OTLP_FORWARD_HEADERS: 'x-team=red%20one' };
  daemon = await stack.addDaemon('one', { env });
});
test.afterAll(async () => {
  await collector.stop();
  if (official !== null) await stack.stop();
});

const now = (): string => `${String(Date.now())}000000`;
const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const resource = { attributes: [text('service.name', 'teller'), text('empty', '')] };
const scope = { name: 'tëst', version: '1' };

const metrics = (value: number) => {
  const time = { startTimeUnixNano: now(), timeUnixNano: String(BigInt(now()) + BigInt(value)) };
  const point = { attributes: [text('type', 'input')], ...time, asDouble: value };
  const histogram = { ...time, count: '3', sum: 1.5, bucketCounts: ['1', '2'], explicitBounds: [1] };
  const all = [
    {
      name: 'claude_code.token.usage',
      sum: { dataPoints: [point], aggregationTemporality: 1, isMonotonic: true },
    },
    { name: 'else', histogram: { dataPoints: [histogram], aggregationTemporality: 2 } },
  ];
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: all }] }] };
};
const logs = () => {
  const kvlistValue = { values: [text('a', 'b'), { key: 'n', value: { intValue: '9007199254740993' } }] };
  const record = {
    timeUnixNano: now(),
    severityText: 'INFO',
    body: { kvlistValue },
    attributes: [text('x', '✓')],
  };
  return { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [record] }] }] };
};
const traces = () => {
  const span = {
    traceId: Buffer.alloc(16, 7),
    spanId: Buffer.alloc(8, 9),
    name: 'a span',
    startTimeUnixNano: now(),
    endTimeUnixNano: now(),
    events: [{ name: 'e', timeUnixNano: now() }],
  };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] };
};

function post(url: URL, type: string, body: Buffer, gzip = false): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, ...(gzip && { 'content-encoding': 'gzip' }) };
    const sent = request(url, { method: 'POST', headers }, (answer) => {
      answer.resume().on('end', () => {
        resolve(answer.statusCode ?? 0);
      });
    });
    sent.on('error', reject);
    sent.end(gzip ? gzipSync(body) : body);
  });
}

test('what an agent sends, by HTTP or gRPC, reaches the collector as it was; who is away costs nothing', async () => {
  test.skip(official === null, 'the npm registry cannot be reached, so there are no official files');
  if (official === null) return;
  const project = makeRepository(daemon.root, 'tell');
  await stack.rescan(daemon);
  const session = await stack.running(daemon, { project, profile: 'teller' });
  const endpoint = await until(
    () => {
      try {
        return readFileSync(told, 'utf8').trim();
      } catch {
        return false;
      }
    },
    { what: 'the agent knows its endpoint' },
  );
  const port = Number(new URL(endpoint).port);
  const token = endpoint.split('/').at(-1) ?? '';
  const at = (signal: Signal): URL => new URL(`${endpoint}/v1/${signal}`);
  const protobuf = 'application/x-protobuf';
  const expected: { signal: Signal; message: unknown }[] = [];
  const expects = (signal: Signal, message: unknown): Buffer => {
    const bytes = official?.encode(signal, message) ?? Buffer.alloc(0);
    expected.push({ signal, message: official?.decode(signal, bytes) });
    return bytes;
  };

  const json = Buffer.from(JSON.stringify(metrics(3)));
  expect(await post(at('metrics'), 'application/json', json)).toBe(200);
  expect(await post(at('metrics'), protobuf, expects('metrics', metrics(5)), true)).toBe(200);
  expect(await post(at('traces'), protobuf, expects('traces', traces()))).toBe(200);
  const mine = { 'x-roundhouse-token': token };
  for (const [signal, message] of [
    ['metrics', metrics(7)],
    ['logs', logs()],
    ['traces', traces()],
  ] as const) {
    expects(signal, message);
    expect(await official.call(port, signal, message, mine)).toBe(0);
  }
  // Somebody without a token changes nothing, and nobody hears of it.
  expect(await official.call(port, 'metrics', metrics(1000), {})).toBe(16);
  expect(await official.call(port, 'metrics', metrics(1000), { 'x-roundhouse-token': 'x' })).toBe(16);

  await until(() => collector.got.length === expected.length + 1, { what: 'the collector has all bodies' });
  const received = collector.got.filter(({ contentType }) => contentType === protobuf);
  const decoded = received.map(({ signal, body }) => ({
    signal,
    message: official?.decode(signal as Signal, body),
  }));
  const order = (all: readonly unknown[]) => all.map((each) => JSON.stringify(each)).sort();
  expect(order(decoded)).toEqual(order(expected));
  expect(collector.got.filter(({ contentType }) => contentType !== protobuf).map(({ body }) => body)).toEqual(
    [json],
  );
  for (const { headers, body } of collector.got) {
    expect(headers['x-team']).toBe('red one');
    expect(`${JSON.stringify(headers)}${body.toString('latin1')}`).not.toContain(token);
  }
  await until(async () => (await stack.session(session.id)).tokens.input === 15, {
    what: 'the hub counts what came by HTTP and gRPC, once',
  });

  // The collector is away: the agent is answered as ever, and nothing is lost.
  await collector.stop();
  const begun = performance.now();
  for (const value of [11, 13]) {
    expect(await post(at('metrics'), 'application/json', Buffer.from(JSON.stringify(metrics(value))))).toBe(
      200,
    );
  }
  expect(performance.now() - begun).toBeLessThan(2_000);
  await collector.start();
  await until(() => collector.got.length === expected.length + 3, {
    what: 'what waited has come',
    timeoutMs: 40_000,
  });
  await until(async () => (await stack.session(session.id)).tokens.input === 39, { what: 'all is counted' });
});
