import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualClock, silentLogger } from '@roundhouse/kit';
import { Forwarder } from './forward.js';
import type { TakenBody } from './receiver.js';

interface Got {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let got: Got[] = [];
let status = 200;
let retryAfter: string | null = null;
let hold = false;
let server: Server;
let url = '';
let clock: ManualClock;
let forwarder: Forwarder;

beforeEach(async () => {
  got = [];
  status = 200;
  retryAfter = null;
  hold = false;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
      if (hold) return;
      response.writeHead(status, retryAfter === null ? {} : { 'retry-after': retryAfter }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/base`;
  clock = new ManualClock();
  forwarder = make(url);
});
afterEach(async () => {
  clock.every(1, () => undefined);
  const closed = forwarder.close();
  clock.advance(5_000);
  await closed;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const make = (to: string): Forwarder =>
  new Forwarder({
    target: { url: to, headers: { authorization: 'Bearer mine' } },
    clock,
    logger: silentLogger(),
    random: () => 0.5,
  });
const body = (text: string): TakenBody => ({ signal: 'logs', encoding: 'json', bytes: Buffer.from(text) });
const until = (condition: () => boolean): Promise<void> =>
  vi.waitFor(() => {
    if (!condition()) throw new Error('not yet');
  });

describe('a collector', () => {
  it('gets each body as it was, with its type and our headers', async () => {
    forwarder.offer(body('{"a":1}'));
    forwarder.offer({ signal: 'metrics', encoding: 'protobuf', bytes: Buffer.from([1, 2, 255]) });
    await until(() => forwarder.stats.sent === 2);
    expect(got.map((each) => [each.url, each.headers['content-type'], each.headers.authorization])).toEqual(
      expect.arrayContaining([
        ['/base/v1/logs', 'application/json', 'Bearer mine'],
        ['/base/v1/metrics', 'application/x-protobuf', 'Bearer mine'],
      ]),
    );
    expect(got.find(({ url: path }) => path.endsWith('metrics'))?.body).toEqual(Buffer.from([1, 2, 255]));
  });

  it('that is busy gets it again, when it wants it', async () => {
    status = 503;
    retryAfter = '20';
    forwarder.offer(body('1'));
    await until(() => forwarder.stats.retried === 1);
    clock.advance(19_000);
    status = 200;
    expect(forwarder.stats.sent).toBe(0);
    clock.advance(1_000);
    await until(() => forwarder.stats.sent === 1);
    expect(got).toHaveLength(2);
  });

  it('that refuses is not asked again; nor is one followed elsewhere', async () => {
    status = 400;
    forwarder.offer(body('1'));
    await until(() => forwarder.stats.refused === 1);
    status = 307;
    forwarder.offer(body('2'));
    await until(() => forwarder.stats.refused === 2);
    expect(got).toHaveLength(2);
  });

  it('that is away delays nobody: 16 MiB wait, the oldest are dropped and counted', async () => {
    await forwarder.close();
    forwarder = make('http://127.0.0.1:1');
    for (let index = 0; index < 40; index += 1)
      forwarder.offer({ ...body(''), bytes: Buffer.alloc(1024 * 1024) });
    // Four were on their way before the others came.
    expect(forwarder.stats.dropped).toBeGreaterThanOrEqual(20);
    expect(forwarder.stats.dropped).toBeLessThanOrEqual(25);
  });

  it('that hangs has four requests and no more; at the end the rest is counted as lost', async () => {
    hold = true;
    for (let index = 0; index < 10; index += 1) forwarder.offer(body(String(index)));
    await until(() => got.length === 4);
    const closed = forwarder.close();
    clock.advance(2_000);
    await closed;
    expect(got).toHaveLength(4);
    expect(forwarder.stats).toMatchObject({ sent: 0, dropped: 10 });
  });
});
