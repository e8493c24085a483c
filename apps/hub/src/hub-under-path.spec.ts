// A hub below a path of another site, behind a proxy that hands the path on, or removes it (ADR 26).
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JoinTokensService } from './hosts/join-tokens.service.js';
import { upgrade } from './testing/raw-socket.js';
import { admin, cookieOf, TestHub } from './testing/test-hub.js';

const page = '<!doctype html><title>Roundhouse</title><script src="/boot.js"></script>';
const forwarded = { 'x-forwarded-proto': 'https', host: 'hub.example' };
const asBrowser = { ...forwarded, origin: 'https://hub.example', 'sec-fetch-site': 'same-origin' };
let test: TestHub;
let webDir: string;
let cookie: string;
beforeAll(async () => {
  webDir = await mkdtemp(path.join(tmpdir(), 'rh-web-'));
  await mkdir(path.join(webDir, 'assets'));
  await writeFile(path.join(webDir, 'index.html'), page);
  await writeFile(path.join(webDir, 'assets/app-1.js'), 'export {};');
  const env = {
    ROUNDHOUSE_TRUSTED_PROXIES: '127.0.0.1',
    ROUNDHOUSE_PUBLIC_URL: 'https://hub.example/roundhouse/',
  };
  test = await TestHub.start({ webDir }, env);
});
afterAll(async () => {
  await test.close();
  await rm(webDir, { recursive: true });
});

it('tells its address with the path', () => {
  expect(test.hub.url).toBe('https://hub.example/roundhouse');
  expect(test.hub.setupLink).toMatch(/^https:\/\/hub\.example\/roundhouse\/setup#token=/);
  const tokens = test.hub.get(JoinTokensService);
  const token = tokens.issue('00000000-0000-4000-8000-000000000001');
  const { commands } = tokens.reveal(token, { name: 'a', projectRoots: [] });
  for (const command of Object.values(commands))
    expect(command).toContain('HUB_URL=https://hub.example/roundhouse ');
});

describe.each([
  ['handed on', '/roundhouse'],
  ['removed', ''],
])('with the path %s', (_, below) => {
  it('serves a page that names its parts with the path, and is never called fresh', async () => {
    const headers = { ...asBrowser, accept: 'text/html' };
    for (const address of ['/', '/sessions/1', '/setup', '/index.html']) {
      const answer = await test.call({
        path: `${below}${address}`,
        headers: { ...headers, 'if-none-match': 'W/"1-2"' },
      });
      expect(answer, address).toMatchObject({ status: 200, headers: { 'cache-control': 'no-cache' } });
      expect(answer.text).toBe(page.replace('"/boot', '"/roundhouse/boot'));
      expect(answer.headers.etag ?? answer.headers['last-modified']).toBeUndefined();
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['content-security-policy']).toContain("base-uri 'none'");
    }
    expect((await test.call({ path: `${below}/assets/app-1.js`, headers })).status).toBe(200);
    expect((await test.call({ path: `${below}/assets/gone.js`, headers })).status).toBe(404);
    expect((await test.call({ path: `${below}/healthz`, headers: forwarded })).status).toBe(200);
  });

  it('offers a link from elsewhere again, with the path', async () => {
    const headers = {
      ...forwarded,
      ...{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    };
    const answer = await test.call({ path: `${below}/sessions/1?tab=a`, headers });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('href="/roundhouse/sessions/1?tab=a"');
  });

  it('signs in with a cookie of the path, for requests and sockets', async () => {
    const setUp = test.setupToken !== '';
    const json = setUp ? { token: test.setupToken, ...admin } : admin;
    const answer = await test.call({
      path: `${below}/api/v1/${setUp ? 'setup' : 'auth/login'}`,
      headers: asBrowser,
      json,
    });
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^__Secure-roundhouse_session=[\w-]{43}; Path=\/roundhouse; .*HttpOnly; SameSite=Strict; Secure$/,
    );
    cookie = cookieOf(answer);
    const me = async (sent: string): Promise<number> => {
      const headers = { ...asBrowser, cookie: sent };
      return (await test.call({ path: `${below}/api/v1/me`, headers })).status;
    };
    expect(await me(cookie)).toBe(200);
    expect(await me(cookie.replace('__Secure-', '__Host-'))).toBe(401);
    expect(await me(cookie.replace('__Secure-', ''))).toBe(401);
    const socket = io(`${test.hub.localUrl}/ui`, {
      path: `${below}/socket.io`,
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      extraHeaders: { ...asBrowser, cookie },
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('connect_error', reject);
    });
    socket.disconnect();
  });

  it('checks the origin as without a path (R:A1)', async () => {
    const strange = { ...forwarded, cookie, origin: 'https://evil.example' };
    expect((await test.call({ path: `${below}/api/v1/me`, headers: strange })).status).toBe(403);
    const socket = `${test.hub.localUrl}${below}/socket.io/?EIO=4&transport=websocket`;
    expect((await upgrade(socket, strange)).status).toBe(403);
    const daemon = `${test.hub.localUrl}${below}/daemon.io/?EIO=4&transport=websocket`;
    expect((await upgrade(daemon, { ...asBrowser, cookie })).status).toBe(403);
    const { status, socket: open } = await upgrade(daemon, forwarded);
    expect(status).toBe(101);
    open?.terminate();
  });

  it('names its server in the OpenAPI document', async () => {
    const headers = { ...asBrowser, cookie };
    const answer = await test.call({ path: `${below}/api/v1/openapi.json`, headers });
    expect(answer.body['servers']).toEqual([{ url: '/roundhouse' }]);
  });
});
