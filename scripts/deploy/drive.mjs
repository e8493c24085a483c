// Owns what a program does on its way into a hub behind a proxy: page, setup, cookie, WebSocket, and what is refused.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { httpsCall } from './https-call.mjs';

export const admin = { username: 'ada', password: 'quartz-lantern-otter-19' };

/** Resolves to the status of a WebSocket's handshake: 101 when it is one. */
const upgrade = (url, { ca, headers }) =>
  new Promise((resolve, reject) => {
    const asked = request(url, {
      ca,
      timeout: 10_000,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
        ...headers,
      },
    });
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode);
    });
    asked.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer to the upgrade')));
    asked.on('error', reject);
    asked.end();
  });

/** R:H17 What a client forges about itself is replaced. */
const forged = {
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'http',
  'x-forwarded-for': '203.0.113.9',
};

/** Resolves to headers that carry a session. */
export async function drive({ url, ca, token }) {
  const { origin, pathname } = new URL(url);
  const base = pathname.replace(/\/$/, '');
  const call = (path, more = {}) =>
    httpsCall(`${url}${path}`, { ca, ...more, headers: { origin, ...forged, ...more.headers } });
  const page = await call('/', { headers: { accept: 'text/html' } });
  assert.equal(page.status, 200);
  assert.match(page.body, /<div id="root">/);
  const body = JSON.stringify({ token, ...admin });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const made = await call('/api/v1/setup', { method: 'POST', body, headers });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  // The hub knows that the browser came by TLS.
  const [cookie] = made.headers['set-cookie'];
  assert.match(cookie, base === '' ? /^__Host-.*; Secure/ : /^__Secure-.*; Secure/);
  assert.match(cookie, new RegExp(`; Path=${base || '/'};`));
  assert.match(page.headers['strict-transport-security'] ?? '', /max-age/);
  const session = { cookie: cookie.split(';')[0] };
  assert.equal((await call('/api/v1/hosts', { headers: session })).status, 200);
  const socket = `${url}/socket.io/?EIO=4&transport=websocket`;
  assert.equal(await upgrade(socket, { ca, headers: { origin, ...session } }), 101);
  const strange = await upgrade(socket, { ca, headers: { origin: 'https://evil.example', ...session } });
  assert.ok(strange >= 400, `an upgrade from elsewhere was answered with ${strange}`);
  if (base !== '') await besides({ origin, base, ca });
  return session;
}

/** Without its slash the path leads to the page; the rest of the site is somebody else's. */
async function besides({ origin, base, ca }) {
  const bare = await httpsCall(`${origin}${base}`, { ca });
  assert.ok([301, 302, 308].includes(bare.status), `${base} was answered with ${bare.status}`);
  assert.equal(new URL(bare.headers.location, origin).href, `${origin}${base}/`);
  assert.equal((await httpsCall(`${origin}/`, { ca })).body, 'the rest of the site');
}
