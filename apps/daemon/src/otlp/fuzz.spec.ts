// R:C14: a thousand broken bodies of each kind, drawn from a fixed seed, over one server that goes on answering.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashSecret, silentLogger, systemClock } from '@roundhouse/kit';
import { sessionIdSchema } from '@roundhouse/protocol';
import { OtlpReceiver } from './receiver.js';
import { interactive, protobufBodies } from './testing.js';
import { call, framed, openSession, pathOf, type Call } from './testing-grpc.js';
import { jsonType, protobufType, send, type Sent } from './testing-http.js';
import { TokenRegistry } from './token-registry.js';

const inputs = 1000;
const batchSize = 20;

/** A small generator of known numbers, so that a failure can be repeated. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Broken = Pick<Sent, 'headers' | 'body'> & { readonly path?: string };

const below = numbers(20261121);
const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));
const cut = (bytes: Buffer): Buffer => bytes.subarray(0, 1 + below(bytes.length - 1));
const jsonBody = interactive[0]?.bytes ?? Buffer.alloc(0);

const gzipType = { 'content-encoding': 'gzip' } as const;

/** Broken bodies by kind; each is wrong in a way that no reader may take. */
const kinds: Readonly<Record<string, readonly (() => Broken)[]>> = {
  JSON: [
    () => ({ headers: jsonType, body: cut(jsonBody) }),
    () => ({ headers: jsonType, body: Buffer.concat([noise(1 + below(200)), Buffer.from([0xff])]) }),
    () => {
      const key = ['resourceMetrics', 'scopeMetrics', 'metrics', 'dataPoints', 'attributes'][below(5)] ?? '';
      const wrong = ['5', '"x"', '{}', 'true', '[7]'][below(5)] ?? '';
      return {
        headers: jsonType,
        body: jsonBody.toString().replace(`"${key}":[`, `"${key}":${wrong},"x":[`),
      };
    },
    () => ({ headers: jsonType, body: '['.repeat(1 + below(100_000)) }),
    () => ({ headers: { 'content-type': noise(12).toString('hex') }, body: jsonBody }),
  ],
  protobuf: [
    () => ({ headers: protobufType, body: cut(protobufBodies.metrics) }),
    () => ({
      headers: protobufType,
      body: Buffer.concat([Buffer.from([0x0a, 0xff, 0xff, 0x03]), noise(below(300))]),
    }),
    // Wire types 6 and 7 do not exist.
    () => ({
      headers: protobufType,
      body: Buffer.concat([Buffer.from([0x0e + below(2)]), noise(below(100))]),
    }),
    // To the address where the body has to say what it is.
    () => ({
      headers: protobufType,
      body: Buffer.concat([Buffer.from([0x0e]), noise(below(300))]),
      path: '/s/t/',
    }),
  ],
  gzip: [
    () => ({ headers: { ...jsonType, ...gzipType }, body: cut(gzipSync(jsonBody)) }),
    () => ({ headers: { ...protobufType, ...gzipType }, body: damagedGzip() }),
    () => ({ headers: { ...jsonType, ...gzipType }, body: noise(below(400)) }),
    () => ({ headers: { ...jsonType, ...gzipType }, body: gzipSync(noise(1 + below(400))) }),
  ],
};

function damagedGzip(): Buffer {
  const body = gzipSync(protobufBodies.metrics);
  // In the checksum, the length or the data: any change is an error, except in the unused bits at the data's end.
  const drawn = 12 + below(body.length - 12);
  const at = drawn === body.length - 9 ? drawn + 1 : drawn;
  body[at] = (body[at] ?? 0) ^ (1 + below(255));
  return body;
}

const frames: readonly (() => Pick<Call, 'sent' | 'headers'>)[] = [
  () => ({ sent: cut(framed(protobufBodies.metrics)) }),
  () => ({ sent: framed(cut(protobufBodies.metrics)) }),
  () => ({ sent: Buffer.concat([Buffer.from([2 + below(254)]), noise(below(300))]) }),
  () => ({ sent: framed(damagedGzip(), true), headers: { 'grpc-encoding': 'gzip' } }),
  () => ({
    sent: framed(protobufBodies.metrics, true),
    headers: { 'grpc-encoding': noise(4).toString('hex') },
  }),
  () => ({ sent: Buffer.concat([framed(protobufBodies.metrics), noise(1 + below(50))]) }),
];

const registry = new TokenRegistry(systemClock, 1e6);
const source = { sessionId: sessionIdSchema.parse('1a6bd2b3-39a5-4b13-a5f5-6f2f3d0c8f01'), epoch: 1 };
let taken = 0;
const receiver = new OtlpReceiver({
  registry,
  clock: systemClock,
  logger: silentLogger(),
  deliver: () => {
    taken += 1;
    return Promise.resolve(0);
  },
});
let port = 0;

beforeAll(async () => {
  registry.add(source, hashSecret('t'));
  port = await receiver.listen({ port: 0, explicit: true });
});
afterAll(() => receiver.close());

const post = async (broken: Broken): Promise<number> =>
  (await send({ port, path: '/s/t/v1/metrics', ...broken })).status;

/** Sends so many, some at a time. @returns those whose answer was not a refusal */
async function sendAll<T>(makers: readonly (() => T)[], answered: (one: T) => Promise<string | null>) {
  const passed: { answer: string; one: T }[] = [];
  for (let sent = 0; sent < inputs; sent += batchSize) {
    const batch = Array.from({ length: batchSize }, (_, index) => makers[(sent + index) % makers.length]);
    await Promise.all(
      batch.map(async (maker) => {
        if (maker === undefined) return;
        const one = maker();
        const answer = await answered(one);
        if (answer !== null) passed.push({ answer, one });
      }),
    );
  }
  return passed;
}

it.each(Object.entries(kinds))(
  'answers each of a thousand malformed bodies of %s with 4xx and lives on (R:C14)',
  async (_kind, makers) => {
    const before = process.memoryUsage().rss;
    const passed = await sendAll(makers, async (broken) => {
      const status = await post(broken);
      return status >= 400 && status <= 499 ? null : String(status);
    });
    expect(passed).toEqual([]);
    expect(taken).toBe(0);
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
    expect(await post({ headers: jsonType, body: jsonBody })).toBe(200);
    taken = 0;
  },
);

it('answers each of a thousand malformed calls of gRPC with a status and lives on (R:C14)', async () => {
  const path = pathOf('metrics');
  const headers = { 'x-roundhouse-token': 't' };
  const passed = await sendAll(frames, async (broken) => {
    // Each on a connection of its own: so many calls a second on one are a flood.
    const session = openSession(port);
    const { status } = await call(session, { path, ...broken, headers: { ...headers, ...broken.headers } });
    session.destroy();
    return status === 3 || status === 12 ? null : String(status);
  });
  expect(passed).toEqual([]);
  expect(taken).toBe(0);
  const fresh = openSession(port);
  expect(await call(fresh, { path, headers, sent: framed(protobufBodies.metrics) })).toMatchObject({
    status: 0,
  });
  fresh.destroy();
});
