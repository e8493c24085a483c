import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, hashSecret, silentLogger, systemClock } from '@roundhouse/kit';
import { AppError, sessionIdSchema } from '@roundhouse/protocol';
import { maxItems } from './decode.js';
import { messageTypes } from './descriptor.js';
import { maxBodyBytes } from './http-body.js';
import type { OtlpBatch } from './model.js';
import { OtlpReceiver } from './receiver.js';
import { interactive, protobufBodies } from './testing.js';
import { jsonType, protobufType, send, type Answered, type Sent } from './testing-http.js';
import { TokenRegistry, maxRequestsPerSecond, type Source } from './token-registry.js';

const clock = new ManualClock();
const registry = new TokenRegistry(clock);
const source: Source = { sessionId: sessionIdSchema.parse('1a6bd2b3-39a5-4b13-a5f5-6f2f3d0c8f01'), epoch: 1 };
const token = 'a-token-of-this-test';
let delivered: { source: Source; batch: OtlpBatch }[] = [];
let deliver = (): Promise<number> => Promise.resolve(0);

const receiver = new OtlpReceiver({
  registry,
  clock: systemClock,
  logger: silentLogger(),
  deliver: (from, batch) => {
    delivered.push({ source: from, batch });
    return deliver();
  },
  timeouts: { headersMs: 300, requestMs: 600, keepAliveMs: 1_000 },
});
let port = 0;

beforeAll(async () => {
  port = await receiver.listen({ port: 0, explicit: true });
});
afterAll(() => receiver.close());
beforeEach(() => {
  clock.advance(10_000);
  registry.add(source, hashSecret(token));
  registry.complete = true;
  delivered = [];
  deliver = () => Promise.resolve(0);
});

const metricsPath = `/s/${token}/v1/metrics`;
const metricsBody = interactive[0]?.bytes ?? Buffer.alloc(0);
const post = (sent: Partial<Sent>): Promise<Answered> =>
  send({ port, path: metricsPath, headers: jsonType, body: metricsBody, ...sent });
const said = (answer: Answered): unknown => JSON.parse(answer.body.toString());

describe('what is taken', () => {
  it.each([
    ['JSON', { headers: jsonType, body: metricsBody }],
    ['JSON with a charset', { headers: { 'content-type': 'application/json; charset=utf-8' } }],
    ['JSON in chunks', { headers: jsonType, body: metricsBody, chunked: true }],
    ['gzip', { headers: { ...jsonType, 'content-encoding': 'gzip' }, body: gzipSync(metricsBody) }],
    ['a doubled slash', { path: `/s/${token}//v1/metrics` }],
    ['a POST to the base', { path: `/s/${token}/` }],
    [
      'its own header instead of the path',
      { path: '/v1/metrics', headers: { ...jsonType, 'x-roundhouse-token': token } },
    ],
    [
      'a bearer token instead of the path',
      { path: '/v1/metrics', headers: { ...jsonType, authorization: `Bearer ${token}` } },
    ],
  ])('%s', async (_name, sent) => {
    const answer = await post(sent);
    expect([answer.status, answer.headers['content-type'], said(answer)]).toEqual([
      200,
      'application/json',
      {},
    ]);
    expect(delivered).toMatchObject([{ source, batch: { signal: 'metrics' } }]);
  });

  it('protobuf, answered in protobuf', async () => {
    const sent = { path: `/s/${token}/v1/logs`, headers: protobufType, body: protobufBodies.logs };
    const answer = await post(sent);
    expect([answer.status, answer.headers['content-type'], answer.body.length]).toEqual([
      200,
      'application/x-protobuf',
      0,
    ]);
    expect(delivered).toMatchObject([{ batch: { signal: 'logs' } }]);
  });

  it('a thousand points; the rest is reported as rejected', async () => {
    const dataPoints = Array.from({ length: maxItems + 5 }, () => ({ asInt: '1' }));
    const tree = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ sum: { dataPoints } }] }] }] };
    expect(said(await post({ body: JSON.stringify(tree) }))).toEqual({
      partialSuccess: { rejectedDataPoints: '5', errorMessage: 'more than 1000 items in one request' },
    });
    const bytes = messageTypes.metrics.encode(messageTypes.metrics.fromObject(tree)).finish();
    const answer = await post({ headers: protobufType, body: bytes });
    const { partialSuccess } = messageTypes.exportResponse.toObject(
      messageTypes.exportResponse.decode(answer.body),
      { longs: Number },
    );
    expect(partialSuccess).toMatchObject({ rejected: 5 });
  });

  it('a question whether it is there', async () => {
    expect((await post({ method: 'GET', path: `/s/${token}/`, body: '' })).status).toBe(204);
  });
});

describe('who and what is refused (R:H12)', () => {
  const host = { host: 'evil.example' };
  it.each([
    ['no token', 401, { path: '/v1/metrics' }],
    ['an unknown token', 401, { path: '/s/other/v1/metrics' }],
    ['an empty token', 401, { path: '/s//v1/metrics' }],
    ['an unknown bearer token', 401, { path: '/v1/metrics', headers: { authorization: 'Bearer other' } }],
    ['an Origin', 403, { headers: { ...jsonType, origin: 'http://127.0.0.1' } }],
    ['an Origin of null', 403, { headers: { ...jsonType, origin: 'null' } }],
    ['a browser without Origin', 403, { headers: { ...jsonType, 'sec-fetch-site': 'same-origin' } }],
    ['a browser without a token', 403, { path: '/v1/metrics', headers: { origin: 'http://evil.example' } }],
    ['a foreign Host', 421, { headers: { ...jsonType, ...host } }],
    ['a Host that only begins well', 421, { headers: { ...jsonType, host: '127.0.0.1.evil.example' } }],
    ['another path', 404, { path: `/s/${token}/v2/metrics` }],
    ['another signal', 404, { path: `/s/${token}/v1/profiles` }],
    ['GET', 405, { method: 'GET', body: '' }],
    ['PUT to the base', 405, { path: `/s/${token}/`, method: 'PUT' }],
    ['a POST to the base that is no OTLP', 400, { path: `/s/${token}/`, body: '{"a":1}' }],
    ['no Content-Type', 415, { headers: {} }],
    ['another Content-Type', 415, { headers: { 'content-type': 'text/plain' } }],
    ['another Content-Encoding', 415, { headers: { ...jsonType, 'content-encoding': 'br' } }],
    ['a body that is no gzip', 400, { headers: { ...jsonType, 'content-encoding': 'gzip' } }],
  ])('%s -> %i', async (_name, status, sent) => {
    const answer = await post(sent);
    expect([answer.status, said(answer)]).toEqual([
      status,
      { code: expect.any(Number), message: expect.any(String) },
    ]);
    expect(delivered).toEqual([]);
  });

  it('names the methods', async () => {
    expect((await post({ method: 'PUT' })).headers['allow']).toBe('POST');
  });

  it('answers errors in protobuf where that was sent', async () => {
    const answer = await post({ headers: protobufType, body: Buffer.from([0x0a, 0x7f]) });
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'application/x-protobuf']);
    expect(messageTypes.status.toObject(messageTypes.status.decode(answer.body))).toMatchObject({ code: 3 });
  });

  it('believes the path, not a bearer token beside it', async () => {
    const before = receiver.stats.mismatchedBearer;
    await post({ headers: { ...jsonType, authorization: 'Bearer of-somebody-else' } });
    expect(delivered).toMatchObject([{ source }]);
    expect(receiver.stats.mismatchedBearer).toBe(before + 1);
  });

  it('is told to try again while sessions of an earlier run may be found', async () => {
    registry.complete = false;
    const answer = await post({ path: '/s/other/v1/metrics' });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
  });

  it('listens on the loopback address only', async () => {
    const refused = await new Promise<string>((resolve) => {
      const socket = connect({ host: '127.0.0.2', port });
      socket.once('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? '');
      });
      socket.once('connect', () => {
        socket.destroy();
        resolve('connected');
      });
    });
    expect(refused).toBe('ECONNREFUSED');
  });
});

describe('limits', () => {
  it('takes ten requests a second from one agent, then asks it to wait', async () => {
    const statuses: number[] = [];
    for (let index = 0; index <= maxRequestsPerSecond; index += 1) statuses.push((await post({})).status);
    expect(statuses).toEqual([...Array.from({ length: maxRequestsPerSecond }, () => 200), 429]);
    expect((await post({})).headers['retry-after']).toBe('1');
    clock.advance(100);
    expect((await post({})).status).toBe(200);
  });

  it.each([
    ['declared', false],
    ['in chunks', true],
  ])('refuses a body over 4 MiB, %s', async (_name, chunked) => {
    expect((await post({ body: Buffer.alloc(maxBodyBytes + 1, 0x20), chunked })).status).toBe(413);
    expect((await post({})).status).toBe(200);
  });

  it.each(['honest', 'lying', 'in many parts'])(
    'refuses a gzip bomb of 256 MiB, %s, within bounded memory (R:C15)',
    async (kind) => {
      const zeros = Buffer.alloc(1024 * 1024);
      const stream = Readable.from(Array.from({ length: 256 }, () => zeros)).pipe(createGzip());
      const bomb = kind === 'in many parts' ? Buffer.alloc(0) : await buffer(stream);
      if (kind === 'lying') bomb.writeUInt32LE(1000, bomb.length - 4);
      const body =
        kind === 'in many parts' ? Buffer.concat(Array.from({ length: 256 }, () => gzipSync(zeros))) : bomb;
      expect(body.length).toBeLessThan(300_000);
      const before = process.memoryUsage().rss;
      let peak = before;
      const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 2);
      for (let times = 0; times < 5; times += 1) {
        const answer = await post({ headers: { ...jsonType, 'content-encoding': 'gzip' }, body });
        expect(answer.status).toBe(413);
      }
      clearInterval(sampling);
      expect(peak - before).toBeLessThan(32 * 1024 * 1024);
      expect((await post({})).status).toBe(200);
    },
  );

  it('takes gzip in several parts, and large honest gzip', async () => {
    const text = metricsBody.toString();
    const parts = Buffer.concat([gzipSync(text.slice(0, 500)), gzipSync(text.slice(500))]);
    const large = gzipSync(text.replace('{', `{${' '.repeat(8_000_000)}`));
    for (const body of [parts, large]) {
      expect((await post({ headers: { ...jsonType, 'content-encoding': 'gzip' }, body })).status).toBe(200);
    }
  });

  it('ends a request that does not arrive', async () => {
    const head = `POST ${metricsPath} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n`;
    for (const text of [head, `${head}Content-Length: 100\r\n\r\n{`]) {
      const answer = await new Promise<string>((resolve) => {
        let all = '';
        const socket = connect({ host: '127.0.0.1', port }, () => socket.write(text));
        socket.on('data', (chunk: Buffer) => (all += chunk.toString()));
        socket.on('close', () => {
          resolve(all);
        });
        socket.on('error', () => undefined);
      });
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    }
  });
});

describe('failures behind it', () => {
  it('are 503, so that the batch is sent again', async () => {
    deliver = () => Promise.reject(new Error('disk'));
    const answer = await post({});
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
    expect(answer.body.toString()).not.toContain('disk');
  });

  it('keep their own status where they have one', async () => {
    deliver = () => Promise.reject(new AppError('RATE_LIMITED', { retryAfterS: 3 }));
    const answer = await post({});
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '3']);
  });

  it('report items that could not be used', async () => {
    deliver = () => Promise.resolve(2);
    expect(said(await post({}))).toMatchObject({ partialSuccess: { rejectedDataPoints: '2' } });
  });
});
