import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ManualClock } from '@roundhouse/kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../platform/database/database.js';
import { dumpDatabase } from '../testing/database-dump.js';
import { admin, cookieOf, TestHub, type TestAnswer } from '../testing/test-hub.js';

const hour = 3_600_000;
const setup = (test: TestHub, json: object): Promise<TestAnswer> =>
  test.call({ path: '/api/v1/setup', json });

describe('setting up (R:A2)', () => {
  const clock = new ManualClock();
  const links: string[] = [];
  let test: TestHub;
  beforeAll(async () => {
    test = await TestHub.start({ clock, features: [], onSetupLink: (link) => links.push(link) });
  });
  afterAll(() => test.close());

  it('comes before everything else', async () => {
    for (const path of ['/api/v1/me', '/api/v1/hosts', '/api/v1/nothing', '/api/v1/openapi.json', '/api']) {
      const answer = await test.call({ path });
      expect(answer, path).toMatchObject({ status: 503, body: { code: 'SETUP_REQUIRED', retryable: true } });
    }
    expect(await test.call({ path: '/api/v1/auth/login', json: admin })).toMatchObject({ status: 503 });
    expect(await test.call({ path: '/api/v1/setup' })).toMatchObject({
      status: 200,
      body: { required: true },
    });
  });

  it('shows the link as people copy it, and keeps it in a file', async () => {
    expect(links[0]).toMatch(new RegExp(`^${test.hub.url}/setup#token=[A-Za-z0-9_-]{43}$`));
    expect(await readFile(path.join(test.stateDir, 'setup-link'), 'utf8')).toBe(`${links[0] ?? ''}\n`);
    expect(await dumpDatabase(test.hub)).not.toContain(test.setupToken);
  });

  it('refuses a wrong token and a weak password, without using the token up', async () => {
    const token = test.setupToken;
    const wrong = await setup(test, { ...admin, token: 'x'.repeat(43) });
    expect(wrong).toMatchObject({ status: 403, body: { code: 'SETUP_TOKEN_INVALID' } });
    const weak = await setup(test, { ...admin, token, password: 'password12345' });
    expect(weak).toMatchObject({
      status: 422,
      body: { code: 'PASSWORD_WEAK', errors: [{ field: 'password' }] },
    });
    const short = await setup(test, { ...admin, token, password: 'short' });
    expect(short).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED', errors: [{ field: 'password' }] },
    });
    const named = await setup(test, { token, username: 'otter', password: admin.password });
    expect(named.body).toMatchObject({ code: 'PASSWORD_WEAK' });
  });

  it('lapses after an hour, and a new link is shown', async () => {
    const old = test.setupToken;
    clock.advance(hour);
    await expect.poll(() => links.length).toBe(2);
    expect(test.setupToken).not.toBe(old);
    expect(await setup(test, { ...admin, token: old })).toMatchObject({ status: 403 });
  });

  it('makes one administrator of twenty at once', async () => {
    const token = test.setupToken;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => setup(test, { ...admin, username: `user${String(n)}`, token })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(201);
    expect(statuses.slice(1).every((status) => status === 409 || status === 403)).toBe(true);
    expect(await test.hub.get(Database).client.user.count()).toBe(1);
    expect(test.hub.setupLink).toBeNull();
    expect(await setup(test, { ...admin, token })).toMatchObject({
      status: 409,
      body: { code: 'SETUP_DONE' },
    });
    await expect(readFile(path.join(test.stateDir, 'setup-link'))).rejects.toThrow('ENOENT');
  });
});

describe('signing in', () => {
  const clock = new ManualClock(Date.UTC(2030, 0, 1));
  let test: TestHub;
  let cookie: string;
  beforeAll(async () => {
    test = await TestHub.start({ clock, features: [] });
    cookie = await test.setUp();
  });
  afterAll(() => test.close());

  const me = (session: string): Promise<TestAnswer> =>
    test.call({ path: '/api/v1/me', headers: test.browser(session) });
  const post = (address: string, session: string, json: object = {}): Promise<TestAnswer> =>
    test.call({ path: address, json, headers: test.browser(session) });

  it('gives a cookie that scripts and other sites cannot use, and a new one each time (R:A8)', async () => {
    const first = await test.logIn();
    expect(first.headers['set-cookie']?.[0]).toMatch(
      /^roundhouse_session=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/,
    );
    const old = cookieOf(first);
    const again = await test.call({ path: '/api/v1/auth/login', json: admin, headers: test.browser(old) });
    expect(cookieOf(again)).not.toBe(old);
    expect(await me(old)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(await me(cookieOf(again))).toMatchObject({
      status: 200,
      body: { username: 'ada', role: 'admin' },
    });
  });

  it('does not take a session id that the browser brought', async () => {
    const planted = `roundhouse_session=${'A'.repeat(43)}`;
    const answer = await test.call({
      path: '/api/v1/auth/login',
      json: admin,
      headers: test.browser(planted),
    });
    expect(cookieOf(answer)).not.toBe(planted);
    expect((await me(planted)).status).toBe(401);
  });

  it('ends at sign-out', async () => {
    const session = cookieOf(await test.logIn());
    const out = await post('/api/v1/auth/logout', session);
    expect(out).toMatchObject({ status: 200 });
    expect(out.headers['set-cookie']?.[0]).toContain('Max-Age=0');
    expect((await me(session)).status).toBe(401);
  });

  it('ends after twelve idle hours, or seven days', async () => {
    const idle = cookieOf(await test.logIn());
    const busy = cookieOf(await test.logIn());
    for (let hours = 0; hours < 13; hours += 1) {
      clock.advance(hour);
      expect((await me(busy)).status, `${String(hours)} h`).toBe(200);
    }
    expect((await me(idle)).status).toBe(401);
    for (let hours = 13; hours < 7 * 24 - 1; hours += 11) {
      clock.advance(11 * hour);
      if (hours + 11 < 7 * 24) expect((await me(busy)).status, `${String(hours)} h`).toBe(200);
    }
    clock.advance(hour);
    expect((await me(busy)).status).toBe(401);
    cookie = cookieOf(await test.logIn());
  });

  it('writes of its use at most once a minute', async () => {
    const { client } = test.hub.get(Database);
    const seen = async () =>
      (await client.userSession.findMany())
        .map((row) => row.lastSeenAt.getTime())
        .sort()
        .at(-1);
    const before = await seen();
    clock.advance(59_000);
    await me(cookie);
    expect(await seen()).toBe(before);
    clock.advance(1_000);
    await me(cookie);
    expect(await seen()).toBe((before ?? 0) + 60_000);
  });

  it('answers unknown and known users alike, in the same time (R:A5)', async () => {
    const times: Record<string, number[]> = { ada: [], nobody: [] };
    const bodies = new Set<string>();
    for (let n = 0; n < 16; n += 1) {
      clock.advance(25 * hour);
      const username = n % 2 === 0 ? 'ada' : 'nobody';
      const from = performance.now();
      const answer = await test.call({
        path: '/api/v1/auth/login',
        json: { username, password: 'wrong-password' },
      });
      times[username]?.push(performance.now() - from);
      expect(answer.status).toBe(401);
      bodies.add(JSON.stringify({ ...answer.body, requestId: '' }));
    }
    expect(bodies.size).toBe(1);
    // The shortest of each: whatever else the machine does only adds. A missing hash would be 70 ms or more.
    const shortest = (list: number[] = []) => Math.min(...list);
    expect(Math.abs(shortest(times.ada) - shortest(times.nobody))).toBeLessThan(40);
    clock.advance(25 * hour);
    cookie = cookieOf(await test.logIn());
  });

  it('stops the sixth guess, also after a restart, and leaves those who are in alone (R:A4)', async () => {
    for (let n = 0; n < 5; n += 1) expect((await test.logIn('wrong-password')).status).toBe(401);
    const sixth = await test.logIn('wrong-password');
    expect(sixth).toMatchObject({
      status: 429,
      body: { code: 'LOGIN_THROTTLED' },
      headers: { 'retry-after': '60' },
    });
    await test.restart();
    expect((await test.logIn()).status).toBe(429);
    expect((await me(cookie)).status).toBe(200);
    const other = await test.call({ path: '/api/v1/auth/login', json: { username: 'bob', password: 'x' } });
    expect(other.status).toBe(401);
    clock.advance(60_000);
    expect((await test.logIn()).status).toBe(200);
  });

  it('stops an address that tries many names', async () => {
    clock.advance(25 * hour);
    const guess = (n: number) =>
      test.call({ path: '/api/v1/auth/login', json: { username: `user${String(n)}`, password: 'x' } });
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => guess(n)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(20);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
    clock.advance(25 * hour);
    cookie = cookieOf(await test.logIn());
  });

  describe('with API tokens (R:A12)', () => {
    const bearer = (token: string, address = '/api/v1/me', json?: object): Promise<TestAnswer> =>
      test.call({ path: address, headers: { authorization: `Bearer ${token}` }, ...(json ? { json } : {}) });
    const make = async (json: object): Promise<{ id: string; token: string }> => {
      const answer = await post('/api/v1/tokens', cookie, json);
      expect(answer.status, answer.text).toBe(201);
      return answer.body as { id: string; token: string };
    };

    it('works until revoked, and shows its secret once', async () => {
      const { id, token } = await make({ name: 'ci' });
      expect(await bearer(token)).toMatchObject({ status: 200, body: { username: 'ada' } });
      const list = await test.call({ path: '/api/v1/tokens', headers: test.browser(cookie) });
      expect(list.body).toMatchObject({
        items: [{ id, name: 'ci', scopes: [], lastUsedAt: expect.any(String) }],
      });
      expect(list.text).not.toContain(token.slice(36));
      const revoked = await test.call({
        method: 'DELETE',
        path: `/api/v1/tokens/${id}`,
        headers: test.browser(cookie),
      });
      expect(revoked.status).toBe(200);
      expect(await bearer(token)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    });

    it('cannot do more than its scopes, and never make tokens', async () => {
      const { token } = await make({ name: 'view', scopes: ['session.view'] });
      expect((await bearer(token)).body).toMatchObject({ permissions: ['self', 'session.view'] });
      expect(await bearer(token, '/api/v1/tokens')).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN' },
      });
      const full = await make({ name: 'full' });
      expect(await bearer(full.token, '/api/v1/tokens', { name: 'child' })).toMatchObject({ status: 403 });
      const beyond = await post('/api/v1/tokens', cookie, { name: 'x', scopes: ['daemon'] });
      expect(beyond).toMatchObject({ status: 422, body: { errors: [{ field: 'scopes' }] } });
    });

    it('expires, is not taken from the address, and must be whole', async () => {
      const { token } = await make({ name: 'short', expiresInDays: 1 });
      expect((await test.call({ path: `/api/v1/me?token=${token}&authorization=${token}` })).status).toBe(
        401,
      );
      for (const wrong of [token.slice(0, -1), `${token}0`, '', 'rh_x', token.toUpperCase()]) {
        expect((await bearer(wrong)).status, wrong).toBe(401);
      }
      clock.advance(24 * hour);
      expect((await bearer(token)).status).toBe(401);
      cookie = cookieOf(await test.logIn());
    });
  });

  it('leaves no secret in the database (R:A15)', async () => {
    const { token } = (await post('/api/v1/tokens', cookie, { name: 'canary' })).body as { token: string };
    const dump = await dumpDatabase(test.hub);
    expect(dump).toContain('canary');
    const identity = JSON.parse(await readFile(path.join(test.stateDir, 'hub-identity.json'), 'utf8')) as {
      privateKey: string;
    };
    const pepper = await readFile(path.join(test.stateDir, 'password-pepper'), 'utf8');
    const keyLine = identity.privateKey.split('\n')[1] ?? 'missing';
    const secrets = [
      cookie.split('=')[1],
      token,
      token.slice(36, 79),
      admin.password,
      keyLine,
      pepper.trim(),
    ];
    for (const secret of secrets) {
      expect(secret?.length).toBeGreaterThan(10);
      expect(dump).not.toContain(secret);
    }
  });

  it('is on record, and the record cannot be changed', async () => {
    const { client } = test.hub.get(Database);
    const codes = new Set((await client.auditEvent.findMany()).map(({ code }) => code));
    expect([...codes].sort()).toEqual([
      'LOGIN_FAILED',
      'LOGIN_SUCCEEDED',
      'LOGIN_THROTTLED',
      'LOGOUT',
      'SETUP_COMPLETED',
      'TOKEN_CREATED',
      'TOKEN_REVOKED',
    ]);
    await expect(client.auditEvent.deleteMany()).rejects.toThrow();
    await expect(client.auditEvent.updateMany({ data: { code: 'X' } })).rejects.toThrow();
  });
});
