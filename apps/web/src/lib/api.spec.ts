/// <reference types="node" />
// The REST client against a real HTTP server: addresses, bodies, problems, broken answers, time.
import { routes, type HostId } from '@roundhouse/protocol';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { call } from './api.js';

let server: Server;
let handle: (request: IncomingMessage, response: ServerResponse, body: string) => void;
const id = '00000000-0000-4000-8000-000000000001' as HostId;
const real = globalThis.fetch;

const send = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};
const problem = {
  type: 'about:blank',
  title: 'That name is taken',
  status: 409,
  code: 'NAME_TAKEN',
  hint: 'Choose another',
};

beforeEach(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => handle(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  // A page has an origin; Node's fetch needs it spelt out.
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => real(`http://127.0.0.1:${port}${url}`, init));
});
afterEach(async () => {
  vi.unstubAllGlobals();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('call', () => {
  it('fills parameters, query, body and the idempotency key', async () => {
    const seen: unknown[] = [];
    handle = (request, response, body) => {
      seen.push(request.method, request.url, request.headers['idempotency-key'], body);
      send(response, 200, { sessions: 2 });
    };
    await expect(call(routes.hosts.remove, { params: { id }, idempotencyKey: 'k' })).resolves.toEqual({
      sessions: 2,
    });
    expect(seen).toEqual(['DELETE', `/api/v1/hosts/${id}`, 'k', '']);
    seen.length = 0;
    handle = (request, response) => {
      seen.push(request.url);
      send(response, 200, { items: [], nextCursor: null });
    };
    await call(routes.sessions.list, { query: { state: 'running,stopping', limit: 5 } });
    expect(seen).toEqual(['/api/v1/sessions?state=running%2Cstopping&limit=5']);
  });

  it('turns a problem into an ApiError with hint, fields and details', async () => {
    handle = (_, response) =>
      send(response, 409, { ...problem, errors: [{ field: 'name', message: 'is taken' }], dirty: ['a.ts'] });
    await expect(call(routes.hosts.create, { body: { name: 'x' } })).rejects.toMatchObject({
      code: 'NAME_TAKEN',
      message: 'That name is taken',
      hint: 'Choose another',
      status: 409,
      fieldErrors: { name: 'is taken' },
      details: { dirty: ['a.ts'] },
    });
  });

  it('reads Retry-After', async () => {
    handle = (_, response) =>
      send(response, 429, { ...problem, status: 429, code: 'LOGIN_THROTTLED' }, { 'retry-after': '41' });
    await expect(call(routes.auth.login, { body: { username: 'a', password: 'b' } })).rejects.toMatchObject({
      code: 'LOGIN_THROTTLED',
      retryAfterS: 41,
    });
  });

  it('tells a proxy page from a broken answer', async () => {
    handle = (_, response) => send(response, 502, '<h1>Bad gateway</h1>');
    await expect(call(routes.auth.me, {})).rejects.toMatchObject({ code: 'NETWORK' });
    handle = (_, response) => send(response, 200, { nonsense: true });
    await expect(call(routes.auth.me, {})).rejects.toMatchObject({ code: 'BAD_REPLY' });
  });

  it('gives up in time, and when told to', async () => {
    handle = () => undefined;
    await expect(call(routes.auth.me, { timeoutMs: 30 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    const abort = new AbortController();
    const asked = call(routes.auth.me, { signal: abort.signal });
    abort.abort();
    await expect(asked).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
