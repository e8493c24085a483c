// R:C14: a thousand broken requests, drawn from a fixed seed, over one server that goes on answering.
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { hashSecret, silentLogger, systemClock } from '@roundhouse/kit';
import { sessionIdSchema } from '@roundhouse/protocol';
import { OtlpReceiver } from './receiver.js';
import { interactive, protobufBodies } from './testing.js';
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

type Broken = Pick<Sent, 'headers' | 'body'>;

const below = numbers(20261121);
const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));
const cut = (bytes: Buffer): Buffer => bytes.subarray(0, 1 + below(bytes.length - 1));
const jsonBody = interactive[0]?.bytes ?? Buffer.alloc(0);

const makers: readonly (() => Broken)[] = [
  () => ({ headers: jsonType, body: cut(jsonBody) }),
  () => ({ headers: jsonType, body: Buffer.concat([noise(1 + below(200)), Buffer.from([0xff])]) }),
  () => {
    const key = ['resourceMetrics', 'scopeMetrics', 'metrics', 'dataPoints', 'attributes'][below(5)] ?? '';
    const wrong = ['5', '"x"', '{}', 'true', '[7]'][below(5)] ?? '';
    return { headers: jsonType, body: jsonBody.toString().replace(`"${key}":[`, `"${key}":${wrong},"x":[`) };
  },
  () => ({ headers: protobufType, body: cut(protobufBodies.metrics) }),
  () => ({
    headers: protobufType,
    body: Buffer.concat([Buffer.from([0x0a, 0xff, 0xff, 0x03]), noise(below(300))]),
  }),
  // Wire types 6 and 7 do not exist.
  () => ({ headers: protobufType, body: Buffer.concat([Buffer.from([0x0e + below(2)]), noise(below(100))]) }),
  () => ({ headers: { ...jsonType, 'content-encoding': 'gzip' }, body: cut(gzipSync(jsonBody)) }),
  () => {
    const body = gzipSync(protobufBodies.metrics);
    // In the checksum, the length or the data: any change is an error.
    const at = 12 + below(body.length - 12);
    body[at] = (body[at] ?? 0) ^ (1 + below(255));
    return { headers: { ...protobufType, 'content-encoding': 'gzip' }, body };
  },
  () => ({ headers: { 'content-type': noise(12).toString('hex') }, body: jsonBody }),
];

it('answers each of a thousand malformed requests with 4xx and lives on', async () => {
  const registry = new TokenRegistry(systemClock, 1e6);
  const source = { sessionId: sessionIdSchema.parse('1a6bd2b3-39a5-4b13-a5f5-6f2f3d0c8f01'), epoch: 1 };
  let taken = 0;
  const deliver = (): Promise<number> => {
    taken += 1;
    return Promise.resolve(0);
  };
  registry.add(source, hashSecret('t'));
  const receiver = new OtlpReceiver({ registry, logger: silentLogger(), deliver });
  try {
    const port = await receiver.listen({ port: 0, explicit: true });
    const post = async (broken: Broken): Promise<number> =>
      (await send({ port, path: '/s/t/v1/metrics', ...broken })).status;
    const passed: unknown[] = [];
    for (let sent = 0; sent < inputs; sent += batchSize) {
      const batch = Array.from({ length: batchSize }, (_, index) => {
        const maker = (sent + index) % makers.length;
        return { maker, broken: makers[maker]?.() ?? {} };
      });
      const statuses = await Promise.all(batch.map(({ broken }) => post(broken)));
      statuses.forEach((status, index) => {
        if (status < 400 || status > 499) passed.push({ status, ...batch[index] });
      });
    }
    expect(passed).toEqual([]);
    expect(taken).toBe(0);
    expect(await post({ headers: jsonType, body: jsonBody })).toBe(200);
  } finally {
    await receiver.close();
  }
});
