// The health check of the hub's container against a server that answers as a hub does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inRoot } from '../run/paths.mjs';

let dir;
let server;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rh-health-'));
});
afterEach(() => {
  server?.close();
  rmSync(dir, { recursive: true, force: true });
});

async function hub(status, body) {
  server = createServer((request, response) => response.writeHead(status).end(`${request.url} ${body}`));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  writeFileSync(join(dir, 'listening.json'), JSON.stringify({ url }));
}

async function health() {
  // What the environment says of the port is not asked.
  const env = {
    PATH: process.env.PATH,
    ROUNDHOUSE_STATE_DIR: dir,
    ROUNDHOUSE_PORT: '1',
    ROUNDHOUSE_TLS: 'files',
  };
  const child = spawn(process.execPath, [inRoot('scripts/container/hub-health.mjs')], { env });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  return [code, said.trim()];
}

it('asks where the hub says that it listens, and is 0 only when it is ready', async () => {
  await hub(200, 'ready');
  expect(await health()).toEqual([0, '200 /readyz ready']);
});

it('hands on what is missing', async () => {
  await hub(503, 'the database is starting');
  expect(await health()).toEqual([1, '503 /readyz the database is starting']);
});

it('is no good before the hub listens, and after it is gone', async () => {
  expect(await health()).toEqual([1, expect.stringContaining('does not listen yet')]);
  await hub(200, 'ready');
  server.close();
  await once(server, 'close');
  expect(await health()).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
});
