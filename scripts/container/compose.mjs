// Owns a project of compose.yml on this machine: up, down, its containers, and a signed-in client over verified TLS.
import { createServer } from 'node:net';
import { capture } from '../run/child.mjs';
import { inRoot } from '../run/paths.mjs';
import { RunError } from '../run/output.mjs';
import { podman } from './engine.mjs';
import { httpsCall } from '../deploy/https-call.mjs';
import { until } from './until.mjs';

const admin = { username: 'ada', password: 'quartz-lantern-otter-19' };

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** podman-compose's exit code means nothing (0 for what failed): what counts is what answers afterwards. */
export async function composeProject({ name, hubImage, daemonImage }) {
  const port = await freePort();
  const url = `https://localhost:${port}`;
  const env = {
    ...process.env,
    ROUNDHOUSE_HUB_IMAGE: hubImage,
    ROUNDHOUSE_DAEMON_IMAGE: daemonImage,
    ROUNDHOUSE_PUBLISH: `127.0.0.1:${port}`,
    ROUNDHOUSE_PUBLIC_URL: url,
  };
  const compose = (...args) =>
    capture('podman-compose', ['-p', name, '-f', inRoot('compose.yml'), ...args], { env });
  const project = {
    name,
    url,
    port,
    hub: `${name}_hub_1`,
    db: `${name}_db_1`,
    ca: null,
    up: () => compose('up', '-d', '--no-build'),
    down: (...args) => compose('down', ...args),
    logs: async (container) => (await capture('podman', ['logs', container])).output,
    /** When the hub is ready, over TLS that its own CA vouches for. */
    ready: () =>
      until(
        async () => {
          project.ca ??= await authority(project.hub);
          if (!project.ca) return null;
          const answer = await httpsCall(`${url}/readyz`, { ca: project.ca }).catch(() => null);
          return answer?.status === 200 ? answer : null;
        },
        { what: `${url}/readyz`, ms: 120_000 },
      ),
  };
  return project;
}

async function authority(container) {
  const { code, output } = await capture('podman', ['exec', container, 'cat', '/state/hub/tls/ca.pem']);
  return code === 0 && output.includes('BEGIN CERTIFICATE') ? output : null;
}

/** Sets the hub up by the link in its log. @returns call(method, path, body?, headers?) */
export async function signedIn({ url, ca, hub }) {
  const log = await podman(['logs', hub]);
  const token = /^Setup link: \S+#token=(\S+)$/m.exec(log)?.[1];
  if (!token) throw new RunError(`No setup link in the log:\n${log.slice(-2000)}`);
  let cookie = '';
  const call = async (method, path, body, headers = {}) => {
    const sent = body && JSON.stringify(body);
    return httpsCall(`${url}/api/v1${path}`, {
      ca,
      method,
      headers: {
        origin: url,
        cookie,
        ...(sent && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
        ...headers,
      },
      body: sent,
    });
  };
  const made = await call('POST', '/setup', { token, ...admin });
  if (made.status !== 201) throw new RunError(`Setup was refused: ${JSON.stringify(made.body)}`);
  cookie = made.headers['set-cookie'][0].split(';')[0];
  return call;
}
