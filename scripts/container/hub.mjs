// Owns a hub with a state directory of its own, as a child process, and a signed-in REST client for it.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { stopperOf } from '../run/child.mjs';
import { RunError } from '../run/output.mjs';
import { hubProgram } from '../run/paths.mjs';
import { until } from './until.mjs';

const admin = { username: 'ada', password: 'quartz-lantern-otter-19' };

/** Starts the built hub on a free port of the loopback; resolves when it is ready and set up. */
export async function startHub({ base, image }) {
  const { url, token, stop } = await launchHub({ base, env: { ROUNDHOUSE_DAEMON_IMAGE: image } });
  try {
    return { url, stop, call: await signedIn(url, token) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The hub's process with settings of the caller's; resolves to its public address and the token of its setup link. */
export async function launchHub({ base, env }) {
  const child = spawn(process.execPath, hubProgram(), {
    env: {
      PATH: process.env.PATH,
      HOME: base,
      ROUNDHOUSE_PORT: '0',
      ROUNDHOUSE_STATE_DIR: join(base, 'hub'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const stop = stopperOf(child, 'the hub');
  const line = (prefix) =>
    until(
      () => {
        if (child.exitCode !== null) throw new RunError(`The hub ended:\n${lines.slice(-20).join('\n')}`);
        return lines.find((text) => text.startsWith(prefix))?.slice(prefix.length);
      },
      { what: `the hub's line "${prefix}"`, ms: 60_000 },
    );
  try {
    const url = await line('Roundhouse is ready: ');
    const token = new URL(await line('Setup link: ')).hash.replace('#token=', '');
    return { url, token, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @returns call(method, path, body?, headers?), which resolves to `{status, body}` */
async function signedIn(url, token) {
  let cookie = '';
  const call = async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { origin: url, cookie, ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    const answer = { status: response.status, body: isJson ? JSON.parse(text) : text || null };
    if (path === '/setup') cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    return answer;
  };
  const made = await call('POST', '/setup', { token, ...admin });
  if (made.status !== 201) throw new RunError(`Setup was refused: ${JSON.stringify(made.body)}`);
  return call;
}
