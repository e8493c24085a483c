// Owns a project of compose.yml on this machine: up, down, its containers, and a signed-in client over verified TLS.
import { createServer } from 'node:net';
import { capture } from '../run/child.mjs';
import { inRoot } from '../run/paths.mjs';
import { RunError } from '../run/output.mjs';
import { podman } from './engine.mjs';
import { httpsCall } from '../deploy/https-call.mjs';
import { until } from './until.mjs';

const asOwner = ['-U', 'roundhouse', '-d', 'roundhouse'];
const admin = { username: 'ada', password: 'quartz-lantern-otter-19' };

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** A program that reads compose.yml, and what it puts between the words of a container's name. */
const podmanCompose = { argv: ['podman-compose'], joint: '_' };

/** Those of docker's that are here. */
export async function dockerComposes() {
  const known = [
    { argv: ['docker', 'compose'], joint: '-' },
    { argv: ['docker-compose'], joint: '_' },
  ];
  const here = known.map(({ argv: [command, ...words] }) =>
    capture(command, [...words, 'version']).then(
      ({ code }) => code === 0,
      () => false,
    ),
  );
  const answers = await Promise.all(here);
  return known.filter((_, index) => answers[index]);
}

/**
 * podman-compose's exit code means nothing (0 for what failed): what counts is what answers afterwards.
 * `files` are read after compose.yml, `env` counts more than what is set here.
 */
export async function composeProject({ name, hubImage, daemonImage, ...more }) {
  const { port = await freePort(), files = [], env = {}, program = podmanCompose } = more;
  const url = `https://localhost:${port}`;
  const settings = {
    ROUNDHOUSE_HUB_IMAGE: hubImage,
    ROUNDHOUSE_DAEMON_IMAGE: daemonImage,
    ROUNDHOUSE_PUBLISH: `127.0.0.1:${port}`,
    ROUNDHOUSE_PUBLIC_URL: url,
    ...env,
  };
  const named = ['compose.yml', ...files].flatMap((file) => ['-f', inRoot(file)]);
  const [command, ...words] = program.argv;
  const compose = (args, over = {}) =>
    capture(command, [...words, '-p', name, ...named, ...args], {
      env: { ...process.env, ...settings, ...over },
    });
  const project = {
    name,
    url,
    port,
    hub: [name, 'hub', 1].join(program.joint),
    db: [name, 'db', 1].join(program.joint),
    ca: null,
    /** `again`: containers that run are made anew. podman-compose 1.0.3 does not see that something changed. */
    up: ({ hubImage: image = hubImage, again = false } = {}) =>
      compose(['up', '-d', '--no-build', ...(again ? ['--force-recreate'] : [])], {
        ROUNDHOUSE_HUB_IMAGE: image,
      }),
    /** Its code and output; `more` goes over its settings. */
    raw: (args, more) => compose(args, more),
    down: (...args) => compose(['down', ...args]),
    logs: async (container) => (await capture('podman', ['logs', container])).output,
    /** What psql prints in the database's container: a line for each row. */
    sql: (query) => podman(['exec', project.db, 'psql', '-qAt', ...asOwner, '-c', query]),
    /** When the hub is ready, over TLS that the CA vouches for: its own one, unless `ca` was set. */
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
    /** Everything that `up` made. */
    remove: async () => {
      await compose(['down', '-v', '-t', '5']);
      // podman-compose 1.0.3 leaves its network behind.
      await capture('podman', ['network', 'rm', '--force', `${name}_default`]);
    },
  };
  return project;
}

async function authority(container) {
  const { code, output } = await capture('podman', ['exec', container, 'cat', '/state/hub/tls/ca.pem']);
  return code === 0 && output.includes('BEGIN CERTIFICATE') ? output : null;
}

/** Sets the hub up by the link in its log. @returns call(method, path, body?, headers?) */
export async function signedIn({ url, ca, hub }) {
  const linked = async () => /^Setup link: \S+#token=(\S+)$/m.exec(await podman(['logs', hub]))?.[1];
  const token = await until(linked, { what: `the setup link in the log of ${hub}` });
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
