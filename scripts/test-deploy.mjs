// Owns `npm run test:deploy`: the proxy samples of deploy/ with the real programs in front of a hub of this checkout.
// Outside of `npm test`: it needs nginx and Caddy, or Debian's packages of them.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchHub } from './container/hub.mjs';
import { until } from './container/until.mjs';
import { httpsCall } from './deploy/https-call.mjs';
import { programOf, proxies, startProxy } from './deploy/proxies.mjs';
import { capture } from './run/child.mjs';
import { countsLine } from './run/counts.mjs';
import { elapsed, say } from './run/output.mjs';

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

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

/** What a browser does on its way in, through the proxy. R:H17 What a client forges about itself is replaced. */
async function drive({ url, ca, token }) {
  const forged = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
    'x-forwarded-for': '203.0.113.9',
  };
  const call = (path, more = {}) =>
    httpsCall(`${url}${path}`, { ca, ...more, headers: { origin: url, ...forged, ...more.headers } });
  const page = await call('/', { headers: { accept: 'text/html' } });
  assert.equal(page.status, 200);
  assert.match(page.body, /<div id="root">/);
  const body = JSON.stringify({ token, username: 'ada', password: 'quartz-lantern-otter-19' });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const made = await call('/api/v1/setup', { method: 'POST', body, headers });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  // The hub knows that the browser came by TLS.
  const [cookie] = made.headers['set-cookie'];
  assert.match(cookie, /^__Host-.*; Secure/);
  assert.match(page.headers['strict-transport-security'] ?? '', /max-age/);
  const session = { cookie: cookie.split(';')[0] };
  assert.equal((await call('/api/v1/hosts', { headers: session })).status, 200);
  const socket = `${url}/socket.io/?EIO=4&transport=websocket`;
  assert.equal(await upgrade(socket, { ca, headers: { origin: url, ...session } }), 101);
  const strange = await upgrade(socket, { ca, headers: { origin: 'https://evil.example', ...session } });
  assert.ok(strange >= 400, `an upgrade from elsewhere was answered with ${strange}`);
}

async function prove(proxy, program) {
  const dir = mkdtempSync(join(tmpdir(), 'roundhouse-proxy-'));
  chmodSync(dir, 0o755);
  const [port, hubPort] = [await freePort(), await freePort()];
  const url = `https://localhost:${port}`;
  let hub = null;
  let running = null;
  try {
    mkdirSync(join(dir, 'proxy-files'));
    const plan = proxy.prepare({ dir: join(dir, 'proxy-files'), port, hubPort });
    const lint = await capture(program, plan.lint, { env: { ...process.env, ...plan.env } });
    assert.equal(lint.code, 0, lint.output);
    const env = {
      ROUNDHOUSE_PORT: String(hubPort),
      ROUNDHOUSE_PUBLIC_URL: url,
      ROUNDHOUSE_TRUSTED_PROXIES: '127.0.0.1',
    };
    hub = await launchHub({ base: dir, env });
    running = startProxy(program, plan);
    const ready = async () => {
      if (!existsSync(plan.authority)) return null;
      const ca = readFileSync(plan.authority, 'utf8');
      const answer = await httpsCall(`${url}/readyz`, { ca }).catch(() => null);
      return answer?.status === 200 ? ca : null;
    };
    const ca = await until(ready, { what: `${proxy.name} on ${url}` }).catch((error) => {
      throw new Error(`${error.message}\n${running.said()}`);
    });
    await drive({ url, ca, token: hub.token });
  } finally {
    await running?.stop();
    await hub?.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const proxy of proxies) {
  const startedAt = performance.now();
  const program = await programOf(proxy.name);
  if (!program) {
    say(`SKIPPED: ${proxy.name} is neither installed nor to be had as a Debian package.`);
    counts.skipped += 1;
    continue;
  }
  try {
    await prove(proxy, program);
    counts.passed += 1;
    say(`ok ${proxy.name}: page, setup, cookie, WebSocket through the sample (${elapsed(startedAt)} s)`);
  } catch (error) {
    counts.failed += 1;
    say(`FAILED ${proxy.name}: ${error.stack}`);
  }
}
console.log(countsLine(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;
