// The built program as a supervisor sees it: lines, files, signals, exit codes. Needs `tsc -b apps/hub`.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseJoinToken } from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../dist/program/main.js', import.meta.url));

interface Run {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  readonly ended: Promise<number | null>;
}

let stateDir: string;
beforeAll(async () => {
  stateDir = await mkdtemp(path.join(tmpdir(), 'rh-main-'));
});
afterAll(() => rm(stateDir, { recursive: true, force: true }));

/** Raises SIGHUP in the moment in which the program first listens for it. */
const earlyHangup = `data:text/javascript,process.on('newListener',(name)=>{if(name==='SIGHUP')setImmediate(()=>process.kill(process.pid,'SIGHUP'))})`;

function run(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  flags: readonly string[] = [],
): Run {
  const child = spawn(process.execPath, [...flags, program, ...args], {
    env: { PATH: process.env.PATH ?? '', ROUNDHOUSE_PORT: '0', ROUNDHOUSE_STATE_DIR: stateDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => (output.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output.err += data.toString()));
  return { child, output, ended: new Promise((resolve) => child.once('close', resolve)) };
}

describe('the hub program', () => {
  it.each([
    ['a port', { ROUNDHOUSE_PORT: 'http' }, 'ROUNDHOUSE_PORT'],
    ['an open bind without TLS (R:A3)', { ROUNDHOUSE_HOST: '0.0.0.0' }, 'ROUNDHOUSE_TLS=self-signed'],
    ['the same with a bypass (R:A3)', { ROUNDHOUSE_HOST: '0.0.0.0', BYPASS_AUTH: 'true' }, 'ROUNDHOUSE_TLS'],
  ])('refuses %s and says what to do', async (_what, env, hint) => {
    const { ended, output } = run(env);
    expect(await ended).toBe(2);
    expect(output.err).toContain(hint);
    expect(output.err).not.toContain('    at ');
    expect(output.out).toBe('');
  });

  it('refuses arguments that it does not know', async () => {
    const { ended, output } = run({}, ['--no-auth']);
    expect(await ended).toBe(2);
    expect(output.err).toContain('--no-auth');
  });

  it('listens for SIGHUP before it loads anything else', async () => {
    const text = await readFile(program, 'utf8');
    const loaded = [...text.matchAll(/^import .*?["'](.+?)["'];$/gm)].map(([, name]) => name ?? '');
    expect(loaded.filter((name) => !name.startsWith('node:'))).toEqual([]);
    expect(text.length).toBeLessThan(5_000);
  });

  it('says where it is, offers the local daemon its place, and ends on a signal (R:D27)', async () => {
    const env = { BYPASS_AUTH: 'true', ROUNDHOUSE_LOG_LEVEL: 'info' };
    const { child, ended, output } = run(env, ['--local-daemon'], ['--import', earlyHangup]);
    try {
      // F:O3: a SIGHUP from the first moment of its start is remembered.
      await expect.poll(() => output.err, { timeout: 20_000 }).toContain('settings were read again');
      await expect.poll(() => output.out, { timeout: 30_000 }).toMatch(/^Setup link: /m);
      const url = /^Roundhouse is ready: (http:\/\/127\.0\.0\.1:\d+)$/m.exec(output.out)?.[1] ?? '';
      expect(output.out).toMatch(new RegExp(`^Setup link: ${url}/setup#token=[A-Za-z0-9_-]{43}$`, 'm'));
      const file = path.join(stateDir, 'local-daemon.json');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const offer = JSON.parse(await readFile(file, 'utf8')) as { hubUrl: string; joinToken: string };
      expect(offer.hubUrl).toBe(url);
      expect(parseJoinToken(offer.joinToken).ca).toBeNull();
      expect((await fetch(`${url}/api/v1/hosts`)).status).toBe(503);
      const token = output.out.split('#token=')[1]?.trim() ?? 'missing';
      expect(output.err).not.toContain(token);
    } finally {
      child.kill('SIGTERM');
    }
    const from = performance.now();
    expect(await ended).toBe(0);
    expect(performance.now() - from).toBeLessThan(10_000);
  }, 60_000);
});
