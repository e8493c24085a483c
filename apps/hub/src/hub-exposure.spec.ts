// A hub in other places: behind TLS of its own, behind a proxy, and before its database is there.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLogger, systemClock } from '@roundhouse/kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHub, type Hub } from './hub.js';
import { EmbeddedPostgres } from './platform/database/embedded-postgres.js';
import { Database } from './platform/database/database.js';
import { cookieOf, testSettings, TestHub } from './testing/test-hub.js';

describe('under TLS of its own', () => {
  let test: TestHub;
  beforeAll(async () => {
    test = await TestHub.start({ features: [] }, { ROUNDHOUSE_TLS: 'self-signed' });
  });
  afterAll(() => test.close());

  it('gives cookies that only this host over TLS gets, and asks for TLS from now on (R:A8, R:B4)', async () => {
    expect(test.hub.url).toMatch(/^https:\/\/127\.0\.0\.1:/);
    expect(test.hub.setupLink).toContain(`${test.hub.url}/setup#token=`);
    const cookie = await test.setUp();
    expect(cookie).toMatch(/^__Host-roundhouse_session=/);
    const login = await test.logIn();
    expect(login.headers['set-cookie']?.[0]).toMatch(/Path=\/; .*HttpOnly; SameSite=Strict; Secure$/);
    expect(login.headers['set-cookie']?.[0]).not.toContain('Domain');
    expect(login.headers['strict-transport-security']).toBe('max-age=31536000');
    expect(String(login.headers['content-security-policy'])).toContain("connect-src 'self' wss://127.0.0.1");
    expect((await test.call({ path: '/api/v1/me', headers: test.browser(cookieOf(login)) })).status).toBe(
      200,
    );
    const bare = cookieOf(login).replace('__Host-', '');
    expect((await test.call({ path: '/api/v1/me', headers: test.browser(bare) })).status).toBe(401);
    const plain = test.hub.url.replace('https', 'http');
    const headers = { cookie, origin: plain };
    expect((await test.call({ path: '/api/v1/me', headers })).status).toBe(403);
  });
});

describe('behind a proxy that does TLS (R:H17)', () => {
  let test: TestHub;
  beforeAll(async () => {
    const env = { ROUNDHOUSE_TRUSTED_PROXIES: '127.0.0.1', ROUNDHOUSE_PUBLIC_URL: 'https://hub.example' };
    test = await TestHub.start({ features: [] }, env);
  });
  afterAll(() => test.close());

  it('takes scheme, name and address from it', async () => {
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };
    const headers = { ...forwarded, host: 'hub.example', origin: 'https://hub.example' };
    const json = { token: test.setupToken, username: 'ada', password: 'quartz-lantern-otter-19' };
    const answer = await test.call({ path: '/api/v1/setup', headers, json });
    expect(answer.status).toBe(201);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^__Host-.*; Secure$/);
    const [row] = await test.hub.get(Database).client.userSession.findMany();
    expect(row?.ip).toBe('203.0.113.7');
    const other = await test.call({ path: '/healthz', headers: { ...forwarded, host: 'evil.example' } });
    expect(other.status).toBe(421);
  });
});

describe('before its database is there', () => {
  const dirs: string[] = [];
  const newDir = async (): Promise<string> => {
    const dir = await mkdtemp(path.join(tmpdir(), 'rh-late-'));
    dirs.push(dir);
    return dir;
  };
  let hub: Hub | null = null;
  let server: EmbeddedPostgres | null = null;
  afterAll(async () => {
    await hub?.close();
    await server?.stop();
    for (const dir of dirs) await rm(dir, { recursive: true, force: true });
  });

  it('listens, says so, and serves when it comes', async () => {
    server = new EmbeddedPostgres({ stateDir: await newDir(), clock: systemClock });
    const { host, port, user, password, database } = await server.ensureRunning();
    await server.stop();
    const url = `postgresql://${user}:${password}@${host}:${String(port)}/${database}`;
    const webDir = await newDir();
    await writeFile(path.join(webDir, 'index.html'), 'page');
    const settings = testSettings(await newDir(), { DATABASE_URL: url });
    hub = await createHub({ settings, webDir, features: [], logger: silentLogger() });
    const get = (address: string) =>
      fetch(`${hub?.url ?? ''}${address}`, { headers: { accept: 'text/html' } });
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/')).status).toBe(200);
    const ready = await get('/readyz');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      ...{ status: 'starting', database: 'connecting' },
      checks: [
        { name: 'database', ok: false, reason: 'The database is not ready yet' },
        { name: 'migrations', ok: false, reason: 'Not applied yet' },
        { name: 'disk' },
      ],
    });
    const api = await get('/api/v1/me');
    expect(api.status).toBe(503);
    expect(api.headers.get('retry-after')).toBe('5');
    expect(await api.json()).toMatchObject({ code: 'DB_UNAVAILABLE', retryable: true });
    expect(hub.setupLink).toBeNull();
    await server.ensureRunning();
    await hub.ready;
    expect(hub.setupLink).toContain('#token=');
    expect((await get('/readyz')).status).toBe(200);
    expect(await (await get('/api/v1/me')).json()).toMatchObject({ code: 'SETUP_REQUIRED' });
  });
});
