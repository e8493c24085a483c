import { randomBytes, randomUUID } from 'node:crypto';
import { uiEvents } from '@roundhouse/protocol';
import fc from 'fast-check';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { upgrade } from '../../testing/raw-socket.js';
import { stubFeatures } from '../../testing/stub-features.js';
import { TestHub } from '../../testing/test-hub.js';
import { UiSockets } from './ui-sockets.js';

const features = stubFeatures();
let test: TestHub;
let cookie: string;
let token: string;
const open: Socket[] = [];

beforeAll(async () => {
  test = await TestHub.start({ features: features.modules });
});
afterAll(() => test.close());
afterEach(() => {
  for (const socket of open.splice(0)) socket.disconnect();
  features.heard.length = 0;
  features.failure = null;
});

interface Refusal extends Error {
  data?: { code: string; message: string };
}

/** Resolves when connected; rejects with the `connect_error`. */
function connect(auth: object, headers: Record<string, string> = {}, namespace = '/ui'): Promise<Socket> {
  const socket = io(`${test.hub.url}${namespace}`, {
    path: '/socket.io',
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth,
    extraHeaders: headers,
  });
  open.push(socket);
  return new Promise((resolve, reject) => {
    socket.once('connect', () => {
      resolve(socket);
    });
    socket.once('connect_error', reject);
  });
}

const refusalOf = async (attempt: Promise<Socket>): Promise<string> => {
  const error: Refusal = await attempt.then(
    () => new Error('connected'),
    (reason: Refusal) => reason,
  );
  return error.data?.code ?? error.message;
};
const closing = (socket: Socket): Promise<string> =>
  new Promise((resolve) => socket.once('disconnect', resolve));
const sessionId = randomUUID();

describe('the browser socket', () => {
  it('waits for setup, and says so', async () => {
    expect(await refusalOf(connect({}))).toBe('SETUP_REQUIRED');
    cookie = await test.setUp();
    const made = await test.call({
      path: '/api/v1/tokens',
      json: { name: 'ws' },
      headers: test.browser(cookie),
    });
    token = String(made.body.token);
  });

  it('takes a cookie of its own page, or a token', async () => {
    await connect({}, { cookie, origin: test.hub.url });
    await connect({ token });
  });

  it('refuses everything else with a code', async () => {
    expect(await refusalOf(connect({}))).toBe('UNAUTHENTICATED');
    expect(await refusalOf(connect({ token: 'rh_wrong' }))).toBe('UNAUTHENTICATED');
    expect(await refusalOf(connect({ token: { $ne: 1 } }))).toBe('UNAUTHENTICATED');
    const planted = { cookie: 'roundhouse_session=x', origin: test.hub.url };
    expect(await refusalOf(connect({}, planted))).toBe('UNAUTHENTICATED');
    expect(await refusalOf(connect({ token }, {}, '/'))).toBe('NOT_FOUND');
    expect(await refusalOf(connect({ token }, {}, '/daemon'))).toMatch(/Invalid namespace/);
  });

  it('hands events to their handlers, and answers', async () => {
    const socket = await connect({ token });
    const data = randomBytes(100);
    const answer: unknown = await socket.emitWithAck('session.input', { sessionId, epoch: 1, seq: 1, data });
    expect(answer).toEqual({ ok: true, data: {} });
    expect(features.heard[0]?.payload).toEqual({ sessionId, epoch: 1, seq: 1, data: expect.any(Uint8Array) });
    expect(features.heard[0]?.socket).toMatchObject({ actor: { username: 'ada', via: { kind: 'token' } } });
    expect(await socket.emitWithAck('session.control', { sessionId })).toMatchObject({
      ok: false,
      error: { code: 'NOT_ATTACHED' },
    });
    features.failure = new Error('secret inside');
    const failed: unknown = await socket.emitWithAck('session.detach', { sessionId });
    expect(failed).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
    expect(JSON.stringify(failed)).not.toContain('secret');
  });

  it('answers wrong events with a typed error, and lives on', async () => {
    const socket = await connect({ token });
    const ask = (name: string, ...args: unknown[]): Promise<unknown> =>
      socket.timeout(5000).emitWithAck(name, ...args);
    expect(await ask('session.attach', { sessionId: 7 })).toMatchObject({
      error: { code: 'VALIDATION_FAILED', fields: [{ field: 'sessionId' }] },
    });
    expect(await ask('session.attach')).toMatchObject({ error: { code: 'VALIDATION_FAILED' } });
    expect(await ask('session.attach', null, 1, 2)).toMatchObject({ error: { code: 'VALIDATION_FAILED' } });
    for (const name of [
      'no.such.event',
      '__proto__',
      'constructor',
      'toString',
      'session.output',
      'hub.closing',
    ]) {
      expect(await ask(name, {}), name).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
    }
    for (const offset of [-1, 1.5, Number.NaN, 2 ** 53 + 1, '0']) {
      expect(await ask('session.attach', { sessionId, fromOffset: offset })).toMatchObject({ ok: false });
    }
    // Without an acknowledgement there is nobody to answer; the next event is served all the same.
    socket.emit('session.attach', { sessionId: 7 });
    socket.emit('session.attach', 'rubbish');
    expect(await ask('session.detach', { sessionId })).toMatchObject({ ok: true });
  });

  it('survives whatever is sent (R:T32)', async () => {
    const socket = await connect({ token });
    const names = [...Object.keys(uiEvents), 'hello', ''];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(fc.anything(), { maxLength: 3 }),
        async (name, args) => {
          const safe: unknown[] = JSON.parse(
            JSON.stringify(args, (_, v: unknown) => (typeof v === 'bigint' ? 1 : v)),
          );
          const answer: unknown = await socket.timeout(5000).emitWithAck(name, ...safe);
          expect(answer).toMatchObject({ ok: expect.any(Boolean) });
        },
      ),
      { numRuns: 150 },
    );
    const frames = [
      '42/ui,["session.input",{"_placeholder":true,"num":9}]',
      '451-/ui,["session.input",{"_placeholder":true,"num":0}]',
      '4599999999-/ui,["x"]',
      '42/ui,',
      '42/ui,{}',
      '42/ui,["disconnect"]',
      '43/ui,1[]',
      '40/nowhere,',
      '44/ui,{}',
      '49',
      '42[[[[',
      '4',
      '9'.repeat(1000),
      `42/ui,["session.attach","${'x'.repeat(300_000)}"]`,
    ];
    for (const frame of frames) {
      const { socket: raw } = await upgrade(`${test.hub.url}/socket.io/?EIO=4&transport=websocket`);
      raw?.send(`40/ui,${JSON.stringify({ token })}`);
      raw?.send(frame);
      raw?.send(randomBytes(200));
      const ended = new Promise((resolve) => raw?.once('close', resolve));
      setTimeout(() => raw?.terminate(), 30);
      await ended;
    }
    expect((await test.call({ path: '/readyz' })).status).toBe(200);
    expect(await socket.timeout(5000).emitWithAck('session.detach', { sessionId })).toMatchObject({
      ok: true,
    });
  });

  it('bounds a storm', async () => {
    const socket = await connect({ token });
    const answers = await Promise.all(
      Array.from({ length: 1500 }, () => socket.timeout(10_000).emitWithAck('session.detach', { sessionId })),
    );
    const refused = answers.filter((answer: { ok: boolean }) => !answer.ok);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ error: { code: 'RATE_LIMITED' } });
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(1000);
  });

  it('does not count acknowledgements as a storm', async () => {
    const socket = await connect({ token });
    for (let offset = 1; offset <= 5_000; offset += 1) {
      socket.emit('session.ack', { sessionId, epoch: 1, offset });
    }
    expect(await socket.timeout(10_000).emitWithAck('session.detach', { sessionId })).toMatchObject({
      ok: true,
    });
    const acks = features.heard.filter(({ name }) => name === 'session.ack');
    expect(acks.at(-1)?.payload).toMatchObject({ offset: 5_000 });
  });

  it('ends with its session, and does not come back (R:A9)', async () => {
    const session = (await test.logIn()).headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    const socket = await connect({}, { cookie: session, origin: test.hub.url });
    const other = await connect({ token });
    const ended = closing(socket);
    const from = performance.now();
    await test.call({ path: '/api/v1/auth/logout', json: {}, headers: test.browser(session) });
    expect(await ended).toBe('io server disconnect');
    expect(performance.now() - from).toBeLessThan(1000);
    expect(await refusalOf(connect({}, { cookie: session, origin: test.hub.url }))).toBe('UNAUTHENTICATED');
    expect(other.connected).toBe(true);
  });

  it('ends with its token', async () => {
    const made = await test.call({
      path: '/api/v1/tokens',
      json: { name: 'x' },
      headers: test.browser(cookie),
    });
    const socket = await connect({ token: made.body.token });
    const ended = closing(socket);
    const path = `/api/v1/tokens/${String(made.body.id)}`;
    await test.call({ method: 'DELETE', path, headers: test.browser(cookie) });
    expect(await ended).toBe('io server disconnect');
  });

  it('does for a token only what its scopes allow', async () => {
    const json = { name: 'view', scopes: ['session.view'] };
    const made = await test.call({ path: '/api/v1/tokens', json, headers: test.browser(cookie) });
    const socket = await connect({ token: made.body.token });
    expect(await socket.emitWithAck('session.detach', { sessionId })).toMatchObject({ ok: true });
    for (const name of ['session.input', 'session.resize', 'session.control']) {
      expect(await socket.emitWithAck(name, {}), name).toMatchObject({
        ok: false,
        error: { code: 'FORBIDDEN' },
      });
    }
    expect(features.heard.map(({ name }) => name)).toEqual(['session.detach']);
  });

  it('opens 32 times for one person, not more (R:T32)', async () => {
    const attempts = Array.from({ length: 40 }, () => refusalOf(connect({ token })));
    const results = await Promise.all(attempts);
    expect(results.filter((result) => result === 'connected')).toHaveLength(32);
    expect(results.filter((result) => result === 'RATE_LIMITED')).toHaveLength(8);
  });

  it('is told when the hub closes, and reads broadcasts until then', async () => {
    const socket = await connect({ token });
    const told = new Promise((resolve) => socket.once('entity.changed', resolve));
    const change = { kind: 'host' as const, id: randomUUID(), version: 3, deleted: true };
    test.hub.get(UiSockets).broadcast('entity.changed', [change], 'host.view');
    expect(await told).toEqual(change);
    const warned = new Promise((resolve) => socket.once('hub.closing', resolve));
    const ended = closing(socket);
    const from = performance.now();
    await test.restart();
    expect(await warned).toMatchObject({ code: 'SHUTTING_DOWN' });
    // Not an order to stay away: the client comes back by itself.
    expect(await ended).toBe('transport close');
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});
