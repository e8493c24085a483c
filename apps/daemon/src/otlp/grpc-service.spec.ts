// gRPC on the receiver's port, as exporters speak it and as somebody hostile would.
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectHttp2 } from 'node:http2';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, hashSecret, silentLogger, systemClock } from '@roundhouse/kit';
import { AppError, sessionIdSchema } from '@roundhouse/protocol';
import { decodeRequest, maxItems } from './decode.js';
import { messageTypes } from './descriptor.js';
import { frameHeaderBytes } from './grpc-frames.js';
import { maxBodyBytes } from './http-body.js';
import type { OtlpBatch } from './model.js';
import { OtlpReceiver, type TakenBody } from './receiver.js';
import { protobufBodies } from './testing.js';
import { call, framed, openSession, pathOf, type Call, type Called } from './testing-grpc.js';
import { protobufType, send } from './testing-http.js';
import { TokenRegistry, maxRequestsPerSecond, type Source } from './token-registry.js';

const clock = new ManualClock();
const registry = new TokenRegistry(clock);
const source: Source = { sessionId: sessionIdSchema.parse('1a6bd2b3-39a5-4b13-a5f5-6f2f3d0c8f01'), epoch: 1 };
const other: Source = { sessionId: sessionIdSchema.parse('2a6bd2b3-39a5-4b13-a5f5-6f2f3d0c8f02'), epoch: 1 };
const token = 'a-token-of-this-test';
const mine = { 'x-roundhouse-token': token };
let delivered: { source: Source; batch: OtlpBatch }[] = [];
let bodies: TakenBody[] = [];
let deliver = (): Promise<number> => Promise.resolve(0);

const receiver = new OtlpReceiver({
  registry,
  clock: systemClock,
  logger: silentLogger(),
  deliver: (from, batch) => {
    delivered.push({ source: from, batch });
    return deliver();
  },
  onTaken: (body) => bodies.push(body),
  timeouts: { headersMs: 300, requestMs: 600, keepAliveMs: 1_000 },
});
let port = 0;
let session: ReturnType<typeof openSession>;

beforeAll(async () => {
  port = await receiver.listen({ port: 0, explicit: true });
});
afterAll(() => receiver.close());
beforeEach(() => {
  clock.advance(10_000);
  registry.add(source, hashSecret(token));
  registry.complete = true;
  delivered = [];
  bodies = [];
  deliver = () => Promise.resolve(0);
  session = openSession(port);
});
afterEach(() => {
  session.destroy();
});

const good = framed(protobufBodies.metrics);
const export_ = (sent: Partial<Call> = {}): Promise<Called> =>
  call(session, { headers: mine, sent: good, ...sent });
const saidBy = (answer: Called) =>
  messageTypes.exportResponse.toObject(
    messageTypes.exportResponse.decode(answer.body.subarray(frameHeaderBytes)),
    { longs: Number },
  );
const stillServes = async (): Promise<void> => {
  const fresh = openSession(port);
  expect(await call(fresh, { headers: mine, sent: good })).toMatchObject({ status: 0 });
  fresh.destroy();
};

describe('what is taken', () => {
  it.each([
    ['plain', { sent: good }],
    [
      'gzip',
      {
        sent: framed(gzipSync(protobufBodies.metrics), true),
        headers: { ...mine, 'grpc-encoding': 'gzip', 'content-type': 'application/grpc+proto' },
      },
    ],
    ['gzip announced and not used', { headers: { ...mine, 'grpc-encoding': 'gzip' } }],
    ['a bearer token', { headers: { authorization: `Bearer ${token}` } }],
    ['a token in the path', { path: `/s/${token}${pathOf('metrics')}`, headers: {} }],
  ])('%s', async (_name, sent) => {
    const answer = await export_(sent);
    expect([answer.httpStatus, answer.status, saidBy(answer)]).toEqual([200, 0, {}]);
    expect(delivered).toEqual([
      {
        source: expect.objectContaining(source) as Source,
        batch: decodeRequest({ signal: 'metrics', encoding: 'protobuf', bytes: protobufBodies.metrics })
          .batch,
      },
    ]);
    expect(bodies.map(({ bytes }) => Buffer.from(bytes).equals(protobufBodies.metrics))).toEqual([true]);
  });

  it.each([
    ['metrics', '01-metrics.bin'],
    ['logs', '02-logs.bin'],
  ] as const)('what Gemini sends by gRPC, as if it came by HTTP: %s', async (signal, file) => {
    const bytes = readFileSync(new URL(`../../../../profiles/fixtures/gemini/grpc/${file}`, import.meta.url));
    const sent = framed(gzipSync(bytes), true);
    const answer = await export_({
      path: pathOf(signal),
      sent,
      headers: { ...mine, 'grpc-encoding': 'gzip' },
    });
    expect(answer.status).toBe(0);
    expect(delivered[0]?.batch).toEqual(decodeRequest({ signal, encoding: 'protobuf', bytes }).batch);
    expect(delivered[0]?.batch.items.length).toBeGreaterThan(0);
  });

  it('several calls at once on one connection, beside HTTP/1 on the same port', async () => {
    const logs = { path: pathOf('logs'), sent: framed(protobufBodies.logs) };
    const answers = await Promise.all([export_(), export_(logs), export_(logs)]);
    expect(answers.map(({ status }) => status)).toEqual([0, 0, 0]);
    const plain = {
      port,
      path: `/s/${token}/v1/metrics`,
      headers: protobufType,
      body: protobufBodies.metrics,
    };
    expect((await send(plain)).status).toBe(200);
    expect(delivered.map(({ batch }) => batch.signal).sort()).toEqual(['logs', 'logs', 'metrics', 'metrics']);
  });

  it('a preface that comes byte by byte', async () => {
    const socket = await tcp();
    const begin = `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0`;
    const answered = new Promise<Buffer>((resolve) => socket.once('data', resolve));
    for (const byte of Buffer.from(begin, 'latin1')) {
      socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    // The server's own SETTINGS frame.
    expect((await answered)[3]).toBe(4);
    socket.destroy();
  });

  it('a thousand points; the rest is reported as rejected', async () => {
    const dataPoints = Array.from({ length: maxItems + 5 }, () => ({ asInt: '1' }));
    const tree = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ sum: { dataPoints } }] }] }] };
    const bytes = messageTypes.metrics.encode(messageTypes.metrics.fromObject(tree)).finish();
    const answer = await export_({ sent: framed(bytes) });
    expect(saidBy(answer)).toMatchObject({ partialSuccess: { rejected: 5 } });
  });
});

describe('who and what is refused (R:H12 over gRPC)', () => {
  const gzip = { ...mine, 'grpc-encoding': 'gzip' };
  const whole = protobufBodies.metrics;
  it.each([
    ['no token', 16, { headers: {} }],
    ['an unknown token', 16, { headers: { 'x-roundhouse-token': 'other' } }],
    ['an Origin', 7, { headers: { ...mine, origin: 'http://127.0.0.1' } }],
    ['a browser without Origin', 7, { headers: { ...mine, 'sec-fetch-site': 'none' } }],
    ['a foreign authority', 7, { headers: { ...mine, ':authority': 'evil.example' } }],
    ['another service', 12, { path: '/grpc.health.v1.Health/Check' }],
    ['a path of HTTP', 12, { path: '/v1/metrics' }],
    [
      'another compression',
      12,
      { sent: framed(whole, true), headers: { ...mine, 'grpc-encoding': 'deflate' } },
    ],
    ['compression that was not announced', 12, { sent: framed(gzipSync(whole), true) }],
    ['what is no gzip', 3, { sent: framed(whole, true), headers: gzip }],
    ['no message', 3, { sent: Buffer.alloc(0) }],
    ['half a frame', 3, { sent: good.subarray(0, 3) }],
    ['a message cut short', 3, { sent: good.subarray(0, 200) }],
    ['two messages', 3, { sent: Buffer.concat([good, good]) }],
    ['an unknown flag', 3, { sent: Buffer.concat([Buffer.from([2]), good.subarray(1)]) }],
    ['malformed protobuf', 3, { sent: framed(Buffer.from([0x0a, 0x7f])) }],
    ['4 MiB and more', 8, { sent: framed(Buffer.alloc(maxBodyBytes)) }],
  ])('%s -> %i', async (_name, status, sent) => {
    const answer = await export_(sent);
    expect([answer.httpStatus, answer.status, answer.message]).toEqual([200, status, expect.any(String)]);
    expect(answer.message).not.toBe('');
    expect(delivered).toEqual([]);
    await stillServes();
  });

  it('what is no gRPC at all: 415', async () => {
    expect(await export_({ headers: { ...mine, 'content-type': 'application/json' } })).toMatchObject({
      httpStatus: 415,
      status: null,
    });
  });

  it("A's token with B's ids counts for A", async () => {
    registry.add(other, hashSecret('of-the-other'));
    const tree = {
      resourceMetrics: [
        {
          resource: { attributes: [{ key: 'roundhouse.session', value: { stringValue: other.sessionId } }] },
          scopeMetrics: [{ metrics: [{ name: 'x', sum: { dataPoints: [{ asInt: '1' }] } }] }],
        },
      ],
    };
    const bytes = messageTypes.metrics.encode(messageTypes.metrics.fromObject(tree)).finish();
    const headers = { ...mine, authorization: 'Bearer of-the-other' };
    expect(await export_({ sent: framed(bytes), headers })).toMatchObject({ status: 0 });
    expect(delivered).toMatchObject([{ source }]);
  });

  it('asks to send again: too many a second, a full disk, a daemon that has just started', async () => {
    const calls = Array.from({ length: maxRequestsPerSecond + 1 }, () => export_());
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 14)).toHaveLength(1);
    clock.advance(1_000);
    deliver = () => Promise.reject(new AppError('NO_SPACE'));
    expect(await export_()).toMatchObject({ status: 14 });
    registry.complete = false;
    expect(await export_({ headers: {} })).toMatchObject({ status: 14 });
  });
});

describe('floods', () => {
  it.each(['honest', 'lying', 'in many parts'])(
    'refuses a gzip bomb of 256 MiB, %s, within bounded memory (R:C15 over gRPC)',
    async (kind) => {
      const bomb = await bombOf(kind);
      // Making it took longer than an idle connection is kept.
      session = openSession(port);
      await stillServes();
      const before = process.memoryUsage().rss;
      let peak = before;
      const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 2);
      for (let times = 0; times < 5; times += 1) {
        const answer = await export_({
          sent: framed(bomb, true),
          headers: { ...mine, 'grpc-encoding': 'gzip' },
        });
        expect(answer.status).toBe(8);
      }
      clearInterval(sampling);
      expect(peak - before).toBeLessThan(32 * 1024 * 1024);
      await stillServes();
    },
  );

  it('calls that are taken back at once close their connection, and no other', async () => {
    const bystander = openSession(port);
    expect(await call(bystander, { headers: mine, sent: good })).toMatchObject({ status: 0 });
    const closed = new Promise((resolve) => session.once('close', resolve));
    const flood = setInterval(() => {
      for (let index = 0; index < 30 && !session.destroyed; index += 1) {
        const stream = session.request({ ':method': 'POST', ':path': pathOf('logs') });
        stream.on('error', () => undefined);
        stream.close(8);
      }
    }, 1);
    await closed;
    clearInterval(flood);
    clock.advance(1_000);
    expect(await call(bystander, { headers: mine, sent: good })).toMatchObject({ status: 0 });
    bystander.destroy();
  });

  it.each([
    ['pings', Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8])],
    ['settings', Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])],
  ])('%s without end close their connection', async (_name, one) => {
    const socket = await tcp();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
    const many = Buffer.concat(Array.from({ length: 100 }, () => one));
    const flood = setInterval(() => socket.write(many), 1);
    await closed;
    clearInterval(flood);
    await stillServes();
  });

  it('more calls at once than allowed are refused, and headers beyond measure', async () => {
    const greedy = connectHttp2(`http://127.0.0.1:${String(port)}`, { settings: { enablePush: false } });
    greedy.on('error', () => undefined);
    await new Promise((resolve) => greedy.once('remoteSettings', resolve));
    expect(greedy.remoteSettings.maxConcurrentStreams).toBe(32);
    const huge = await call(greedy, { headers: { ...mine, 'x-long': 'x'.repeat(40_000) }, sent: good });
    expect(huge.status).not.toBe(0);
    greedy.destroy();
    expect(delivered).toEqual([]);
    await stillServes();
  });

  it('a call that does not arrive is ended; a connection that says nothing, too', async () => {
    const slow = session.request({
      ':method': 'POST',
      ':path': pathOf('metrics'),
      'content-type': 'application/grpc',
      ...mine,
    });
    slow.on('error', () => undefined);
    slow.write(good.subarray(0, 20));
    const answered = await new Promise<Record<string, unknown>>((resolve) => slow.once('response', resolve));
    expect(answered['grpc-status']).toBe('4');
    const silent = await tcp();
    await new Promise((resolve) => silent.once('close', resolve));
    const idle = openSession(port);
    await new Promise((resolve) => idle.once('close', resolve));
    await stillServes();
  });
});

async function bombOf(kind: string): Promise<Buffer> {
  const zeros = Buffer.alloc(1024 * 1024);
  if (kind === 'in many parts') return Buffer.concat(Array.from({ length: 256 }, () => gzipSync(zeros)));
  const bomb = await buffer(Readable.from(Array.from({ length: 256 }, () => zeros)).pipe(createGzip()));
  if (kind === 'lying') bomb.writeUInt32LE(1000, bomb.length - 4);
  return bomb;
}

function tcp(): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host: '127.0.0.1', port }, () => {
      resolve(socket);
    });
    socket.on('error', () => undefined);
  });
}
