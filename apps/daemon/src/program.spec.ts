// The built daemon as a supervisor sees it while it starts. Needs `tsc -b apps/daemon`.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** Raises SIGHUP in the moment in which the program first listens for it. */
const earlyHangup = `data:text/javascript,process.on('newListener',(name)=>{if(name==='SIGHUP')setImmediate(()=>process.kill(process.pid,'SIGHUP'))})`;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'rh-program-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function start(args: readonly string[], flags: readonly string[] = []) {
  const child = spawn(process.execPath, [...flags, program, ...args], {
    env: {
      ...{ PATH: process.env['PATH'] ?? '', HOME: dir, PROJECTS_ROOT: dir, ROUNDHOUSE_STATE_DIR: dir },
      ...{ HUB_URL: 'http://127.0.0.1:1', JOIN_TOKEN: 'rhj_x', OTLP_PORT: '0' },
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log = { text: '' };
  child.stderr.on('data', (data: Buffer) => (log.text += data.toString()));
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
  const says = (text: string) => expect.poll(() => log.text, { timeout: 20_000 }).toContain(text);
  return { child, ended, says };
}

it('F:O3 remembers a SIGHUP from the first moment of its start, and reads its settings then', async () => {
  const { child, ended, says } = start([], ['--import', earlyHangup]);
  try {
    await says('settings were read again');
  } finally {
    child.kill('SIGTERM');
  }
  expect(await ended).not.toBe('SIGHUP');
});

it('holds agents through a SIGHUP as a keeper host, which has nothing to read again', async () => {
  const { child, ended, says } = start(['keeper-host'], ['--import', earlyHangup]);
  try {
    await says('keepers can be started');
    child.kill('SIGHUP');
  } finally {
    child.kill('SIGTERM');
  }
  expect(await ended).toBe(0);
});

it('listens for SIGHUP before it loads anything else', async () => {
  const text = await readFile(program, 'utf8');
  const imported = [...text.matchAll(/^import .* from '(.+)'/gm)].map(([, name]) => name);
  expect(imported).toEqual(['@roundhouse/kit/hangups']);
});
