// Owns `npm run test:deploy`: the proxy samples of deploy/ with the real programs in front of a hub of this checkout, which has
// a host of its own, or a path of another site.
// Outside of `npm test`: it needs nginx and Caddy, or Debian's packages of them, and Chromium.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchHub } from './container/hub.mjs';
import { until } from './container/until.mjs';
import { driveBrowser, hasBrowser, launchBrowser, PathPage } from './deploy/browser.mjs';
import { drive } from './deploy/drive.mjs';
import { httpsCall } from './deploy/https-call.mjs';
import { joinMachine } from './deploy/machine.mjs';
import { layouts, programOf, proxies, startProxy } from './deploy/proxies.mjs';
import { capture } from './run/child.mjs';
import { countsLine } from './run/counts.mjs';
import { elapsed, say } from './run/output.mjs';
import { hubProgram, root } from './run/paths.mjs';

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** The sample, running: resolves when the hub answers through it, to the authority that signed its certificate. */
async function through(running, { plan, url, name }) {
  const ready = async () => {
    if (!existsSync(plan.authority)) return null;
    const ca = readFileSync(plan.authority, 'utf8');
    const answer = await httpsCall(`${url}/readyz`, { ca }).catch(() => null);
    return answer?.status === 200 ? ca : null;
  };
  return until(ready, { what: `${name} on ${url}` }).catch((error) => {
    throw new Error(`${error.message}\n${running.said()}`);
  });
}

/** The doctor of the hub finds nothing wrong with the way through the proxy. */
async function doctorIsContent(hubEnv, authority) {
  const env = { ...process.env, ...hubEnv, NODE_EXTRA_CA_CERTS: authority };
  const { output } = await capture(process.execPath, [...hubProgram(), 'doctor', '--json'], {
    cwd: root,
    env,
  });
  assert.doesNotMatch(output, /"public-url"|"settings"/, output);
}

async function inBrowser({ url, dir, authority, call }) {
  const machine = await joinMachine({ call, url, dir, authority });
  const browser = await launchBrowser();
  try {
    await retried(async () => {
      const app = await PathPage.open(browser, url);
      await driveBrowser(app, machine).catch((cause) => {
        throw new Error([cause.message, ...app.faults].join('\n'), { cause });
      });
    });
  } finally {
    await browser.close();
    await machine.stop().catch((error) => say(String(error)));
  }
}

/** Chromium drops everything when a network interface of the machine comes or goes, as those of containers do. */
async function retried(task, left = 3) {
  try {
    await task();
  } catch (error) {
    if (left === 1 || !/ERR_NETWORK_CHANGED/.test(error.message)) throw error;
    say('  the networks of this machine changed meanwhile: once more');
    await retried(task, left - 1);
  }
}

/** REST through the proxy as whoever set the hub up. */
const restOf =
  ({ url, ca, session }) =>
  (method, path, json, more = {}) => {
    const body = json && JSON.stringify(json);
    const sent = body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const headers = { origin: new URL(url).origin, ...session, ...sent, ...more };
    return httpsCall(`${url}/api/v1${path}`, { ca, method, headers, body });
  };

async function prove({ proxy, program, layout }) {
  const dir = mkdtempSync(join(tmpdir(), 'roundhouse-proxy-'));
  chmodSync(dir, 0o755);
  const [port, hubPort] = [await freePort(), await freePort()];
  const url = `https://localhost:${port}${layout === 'own host' ? '' : '/roundhouse'}`;
  let hub = null;
  let running = null;
  try {
    mkdirSync(join(dir, 'proxy-files'));
    const plan = proxy.prepare({ dir: join(dir, 'proxy-files'), port, hubPort, layout });
    const lint = await capture(program, plan.lint, { env: { ...process.env, ...plan.env } });
    assert.equal(lint.code, 0, lint.output);
    const env = {
      ROUNDHOUSE_PORT: String(hubPort),
      ROUNDHOUSE_PUBLIC_URL: url,
      ROUNDHOUSE_TRUSTED_PROXIES: '127.0.0.1',
    };
    hub = await launchHub({ base: dir, env });
    assert.equal(hub.url, url);
    running = startProxy(program, plan);
    const ca = await through(running, { plan, url, name: proxy.name });
    const call = restOf({ url, ca, session: await drive({ url, ca, token: hub.token }) });
    await doctorIsContent({ ...env, ROUNDHOUSE_STATE_DIR: join(dir, 'hub') }, plan.authority);
    if (layout !== 'own host' && hasBrowser) await inBrowser({ url, dir, authority: plan.authority, call });
  } finally {
    await running?.stop();
    await hub?.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

const counts = { passed: 0, failed: 0, skipped: 0 };

async function attempt(kind) {
  const startedAt = performance.now();
  const name = `${kind.proxy.name}, ${kind.layout}`;
  try {
    await prove(kind);
    counts.passed += 1;
    say(`ok ${name} (${elapsed(startedAt)} s)`);
  } catch (error) {
    counts.failed += 1;
    say(`FAILED ${name}: ${error.stack}`);
  }
}

if (!hasBrowser) say('No Chromium: the pages below a path are not opened.');
// Names of proxies and layouts, to run only some: npm run test:deploy -- nginx "path removed".
const only = process.argv.slice(2);
const wanted = (name, names) => !names.some((each) => only.includes(each)) || only.includes(name);
const names = proxies.map(({ name }) => name);
for (const proxy of proxies.filter(({ name }) => wanted(name, names))) {
  const program = await programOf(proxy.name);
  if (program)
    for (const layout of layouts.filter((each) => wanted(each, layouts)))
      await attempt({ proxy, program, layout });
  else {
    say(`SKIPPED: ${proxy.name} is neither installed nor to be had as a Debian package.`);
    counts.skipped += layouts.length;
  }
}
console.log(countsLine(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;
