// The outer wall as attackers meet it: every route and event, foreign pages, foreign names.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  permissions,
  protocolVersions,
  uiEvents,
  daemonEvents,
  type EventRegistry,
} from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes } from './platform/http/route-table.js';
import { dumpDatabase } from './testing/database-dump.js';
import { upgrade } from './testing/raw-socket.js';
import { TestHub } from './testing/test-hub.js';

let test: TestHub;
let cookie: string;
let webDir: string;
beforeAll(async () => {
  webDir = await mkdtemp(path.join(tmpdir(), 'rh-web-'));
  await writeFile(path.join(webDir, 'index.html'), '<!doctype html><title>Roundhouse</title>');
  test = await TestHub.start({ webDir });
  cookie = await test.setUp();
});
afterAll(async () => {
  await test.close();
  await rm(webDir, { recursive: true });
});

const concrete = (pattern: string): string => pattern.replaceAll(/:[a-z]+/gi, randomUUID());
const uiSocket = '/socket.io/?EIO=4&transport=websocket';
const daemonSocket = '/daemon.io/?EIO=4&transport=websocket';
const url = (address: string): string => `${test.hub.url}${address}`;

/** A page elsewhere, as close to ours as it can be. */
function foreignOrigins(): string[] {
  const { port } = new URL(test.hub.url);
  return [
    'https://evil.example',
    'null',
    'http://localhost:1',
    `http://localhost:${port}`,
    'http://127.0.0.1:1',
    'http://127.0.0.1',
    `https://127.0.0.1:${port}`,
    `http://127.0.0.1:${port}.evil.example`,
    `http://127.0.0.1:${port}0`,
    `http://evil.example#http://127.0.0.1:${port}`,
  ];
}

describe('without a credential (R:A1)', () => {
  it.each(allRoutes.map(({ name, route }) => [name, route] as const))('%s has a policy', (_name, route) => {
    expect(permissions).toContain(route.permission);
    // What needs no credential is a short list that grows only on purpose.
    if (route.permission === 'public') {
      expect(['/healthz', '/readyz', '/api/v1/setup', '/api/v1/auth/login', '/api/v1/enrol']).toContain(
        route.path,
      );
    }
  });

  it('no route answers, and nothing changes', async () => {
    const before = await dumpDatabase(test.hub);
    for (const { name, route } of allRoutes) {
      const json = route.method === 'GET' ? {} : { json: {} };
      for (const headers of [{}, { authorization: 'Bearer rh_wrong' }, { authorization: 'Basic YTpi' }]) {
        const answer = await test.call({
          method: route.method,
          path: concrete(route.path),
          headers,
          ...json,
        });
        if (route.permission === 'public' && route.method === 'GET') expect(answer.status, name).toBe(200);
        else if (route.permission === 'public') expect([409, 422], name).toContain(answer.status);
        else expect(answer, name).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
      }
    }
    expect(await dumpDatabase(test.hub)).toBe(before);
  });

  it.each([
    ['ui', uiSocket, '/ui', uiEvents],
    ['daemon', daemonSocket, '/daemon', daemonEvents],
  ] as [string, string, string, EventRegistry][])(
    'no %s event is taken',
    async (_side, address, namespace, events) => {
      const before = await dumpDatabase(test.hub);
      for (const event of Object.values(events)) expect(permissions).toContain(event.permission);
      const { socket } = await upgrade(url(address));
      const heard: string[] = [];
      socket?.on('message', (data: Buffer) => heard.push(data.toString()));
      const closed = new Promise((resolve) => socket?.once('close', resolve));
      socket?.send(`40${namespace},`);
      for (const name of Object.keys(events)) socket?.send(`42${namespace},7["${name}",{}]`);
      // One that has joined nothing is closed when it speaks to a namespace, or at its deadline.
      await closed;
      expect(heard.filter((text) => text.startsWith('43'))).toEqual([]);
      expect(await dumpDatabase(test.hub)).toBe(before);
    },
  );
});

describe('from a page of another site', () => {
  it('no socket opens, even with the cookie (R:B1)', async () => {
    for (const origin of foreignOrigins()) {
      expect((await upgrade(url(uiSocket), { cookie, origin })).status, origin).toBe(403);
      expect((await upgrade(url(daemonSocket), { origin })).status, origin).toBe(403);
      const polling = await test.call({
        path: uiSocket.replace('websocket', 'polling'),
        headers: { cookie, origin },
      });
      expect(polling.status, origin).toBe(403);
    }
    expect((await upgrade(url(uiSocket), { cookie })).status).toBe(403);
    expect((await upgrade(url(uiSocket), { cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(403);
    expect((await upgrade(url(daemonSocket), { cookie })).status).toBe(403);
    expect((await upgrade(url(daemonSocket), { origin: test.hub.url })).status).toBe(403);
    const own = await upgrade(url(uiSocket), { cookie, origin: test.hub.url });
    expect(own.status).toBe(101);
    own.socket?.terminate();
  });

  it('no form or script changes anything (R:B2)', async () => {
    const before = await dumpDatabase(test.hub);
    const types = [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/json',
    ];
    for (const { route } of allRoutes.filter(({ route: { method } }) => method !== 'GET')) {
      for (const type of types) {
        const request = { method: route.method, path: concrete(route.path), raw: '{"name":"x"}' };
        const headers = { cookie, origin: 'https://evil.example', 'content-type': type };
        expect((await test.call({ ...request, headers })).status, `${route.path} ${type}`).toBe(403);
      }
    }
    for (const origin of foreignOrigins()) {
      const headers = { cookie, origin };
      expect((await test.call({ path: '/api/v1/tokens', json: { name: 'x' }, headers })).status, origin).toBe(
        403,
      );
      expect((await test.call({ path: '/api/v1/me', headers })).status, origin).toBe(403);
      expect((await test.call({ path: '/', headers })).status, origin).toBe(403);
    }
    expect(await dumpDatabase(test.hub)).toBe(before);
  });

  it('a person who followed a link gets one of ours to click, and nothing else', async () => {
    const headers = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const page = await test.call({
      path: '//evil.example/"><img%20src=x>?a=1&b',
      headers: { ...headers, cookie },
    });
    expect(page).toMatchObject({ status: 403, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(page.text).toContain('href="/evil.example/&#34;&#62;&#60;img%20src=x&#62;?a=1&#38;b"');
    expect((await test.call({ path: '/api/v1/me', headers: { ...headers, cookie } })).status).toBe(403);
    const frame = { ...headers, 'sec-fetch-dest': 'iframe' };
    expect((await test.call({ path: '/', headers: frame })).body).toMatchObject({ code: 'ORIGIN_FORBIDDEN' });
  });

  it('only JSON is a body, whoever sends it', async () => {
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data',
      'application/jsonp',
    ]) {
      const headers = { ...test.browser(cookie), 'content-type': type };
      const answer = await test.call({ path: '/api/v1/tokens', raw: '{"name":"x"}', headers });
      expect(answer, type).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
    }
    const none = await test.call({
      path: '/api/v1/tokens',
      raw: '{"name":"x"}',
      headers: test.browser(cookie),
    });
    expect(none.status).toBe(415);
  });

  it('reading changes nothing (R:B2)', async () => {
    const before = await dumpDatabase(test.hub);
    for (const { route } of allRoutes.filter(({ route: { method } }) => method === 'GET')) {
      const answer = await test.call({ path: concrete(route.path), headers: test.browser(cookie) });
      expect([200, 404], route.path).toContain(answer.status);
    }
    expect(await dumpDatabase(test.hub)).toBe(before);
  });
});

describe('under another name (R:B3)', () => {
  it.each(['evil.example', 'evil.example:4400', 'localhost.evil.example', 'localhost:x'])(
    '%j',
    async (host) => {
      for (const address of [
        '/',
        '/healthz',
        '/api/v1/me',
        uiSocket.replace('websocket', 'polling'),
        '/assets/x.js',
      ]) {
        const answer = await test.call({ path: address, headers: { host } });
        expect(answer.body, address).toMatchObject({ code: 'HOST_HEADER_FORBIDDEN', status: 421 });
        expect(answer.status).toBe(421);
        expect(answer.headers['content-security-policy'] ?? '').not.toContain('evil');
      }
      expect((await upgrade(url(uiSocket), { host })).status).toBe(421);
      expect((await upgrade(url(daemonSocket), { host })).status).toBe(421);
    },
  );

  it('a forged forwarded name does not help', async () => {
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    const answer = await test.call({ path: '/healthz', headers });
    expect(answer.status).toBe(200);
    expect(answer.headers['strict-transport-security']).toBeUndefined();
  });
});

describe('answers', () => {
  it('carry the headers that protect a page (R:B4)', async () => {
    const { host } = new URL(test.hub.url);
    for (const request of [
      { path: '/', headers: { accept: 'text/html' } },
      { path: '/api/v1/me' },
      { path: '/gone' },
    ]) {
      const { headers } = await test.call(request);
      expect(headers, request.path).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(headers['strict-transport-security']).toBeUndefined();
      expect(String(headers['content-security-policy']).split('; ')).toEqual([
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-elem 'self' 'unsafe-inline'",
        "style-src-attr 'none'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        `connect-src 'self' ws://${host}`,
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
      ]);
    }
  });

  it('to bad requests say what is wrong', async () => {
    const browser = test.browser(cookie);
    const json = { ...browser, 'content-type': 'application/json' };
    const cases: [Parameters<TestHub['call']>[0], number, string][] = [
      [{ path: '/api/v1/tokens', raw: '{"name":', headers: json }, 400, 'BAD_REQUEST'],
      [{ path: '/api/v1/tokens', raw: '"text"', headers: json }, 400, 'BAD_REQUEST'],
      [{ path: '/api/v1/tokens', json: [], headers: browser }, 422, 'VALIDATION_FAILED'],
      [{ path: '/api/v1/tokens', json: { name: '' }, headers: browser }, 422, 'VALIDATION_FAILED'],
      [{ path: '/api/v1/tokens', json: { name: 'x', extra: 1 }, headers: browser }, 422, 'VALIDATION_FAILED'],
      [
        { path: '/api/v1/tokens', json: { name: 'x'.repeat(1_100_000) }, headers: browser },
        413,
        'BODY_TOO_LARGE',
      ],
      [{ path: '/api/v1/hosts/not-an-id', headers: browser }, 422, 'VALIDATION_FAILED'],
      [{ path: '/api/v1/nothing', headers: browser }, 404, 'NOT_FOUND'],
      [{ path: '/api/v1/hosts/%E0%A4%A', headers: browser }, 400, 'BAD_REQUEST'],
      [{ method: 'PUT', path: '/api/v1/me', headers: browser }, 405, 'METHOD_NOT_ALLOWED'],
      [{ method: 'DELETE', path: '/api/v1/me', headers: browser }, 405, 'METHOD_NOT_ALLOWED'],
      [{ method: 'OPTIONS', path: '/api/v1/me', headers: browser }, 405, 'METHOD_NOT_ALLOWED'],
      [{ method: 'TRACE', path: '/api/v1/me' }, 405, 'METHOD_NOT_ALLOWED'],
      [{ path: '/api/v1/me', headers: { authorization: 'Bearer' } }, 401, 'UNAUTHENTICATED'],
    ];
    for (const [request, status, code] of cases) {
      const answer = await test.call(request);
      const what = `${request.method ?? ''} ${request.path}`;
      expect(answer.body, what).toMatchObject({ status, code, requestId: answer.headers['x-request-id'] });
      expect(answer.status, what).toBe(status);
      expect(answer.headers['content-type'], what).toBe('application/problem+json; charset=utf-8');
    }
    const wrong = await test.call({ path: '/api/v1/tokens', json: { name: 7 }, headers: browser });
    expect(wrong.body).toMatchObject({ errors: [{ field: 'name', message: expect.any(String) }] });
    const method = await test.call({ method: 'DELETE', path: '/api/v1/me', headers: browser });
    expect(method.headers.allow).toBe('GET');
  });

  it('of the API are not cached, and describe it', async () => {
    const api = await test.call({ path: '/api/v1/openapi.json', headers: test.browser(cookie) });
    expect(api).toMatchObject({ status: 200, body: { openapi: expect.stringMatching(/^3\.1/) } });
    expect(api.headers.etag).toBeUndefined();
    expect(api.headers['cache-control']).toBe('no-store');
    const version = await test.call({ path: '/api/v1/version', headers: test.browser(cookie) });
    expect(version.body).toEqual({
      version: '0.1.0',
      commit: null,
      update: null,
      protocol: protocolVersions.max,
    });
  });
});
