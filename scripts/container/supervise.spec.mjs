// The supervisor with a real shell, a scripted daemon and a `sleep` that writes down what it was asked for.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inRoot } from '../run/paths.mjs';
import { until } from './until.mjs';

let dir;
let children;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rh-supervise-'));
  children = [];
  program('bin-sleep', 'echo "$1" >> "$DIR/pauses"');
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const keeper of linesOf('keeper')) process.kill(Number(keeper), 'SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** `bin-x` is found as `x` before the system's. */
function program(name, body) {
  const path = join(dir, name.replace('bin-', ''));
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

function supervise(daemon, env = {}) {
  const child = spawn('sh', [inRoot('scripts/container/supervise.sh'), daemon], {
    env: {
      PATH: `${dir}:${process.env.PATH}`,
      DIR: dir,
      HOME: join(dir, 'state/home'),
      ROUNDHOUSE_STATE_DIR: join(dir, 'state'),
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return { child, ended, said: () => said };
}

const linesOf = (name) =>
  existsSync(join(dir, name)) ? readFileSync(join(dir, name), 'utf8').trim().split('\n') : [];

async function pausesAfter(exitCode, count) {
  const daemon = program('daemon', `exit ${exitCode}`);
  const { child, ended } = supervise(daemon);
  await until(() => linesOf('pauses').length >= count, { what: 'pauses' });
  child.kill('SIGTERM');
  await ended;
  return linesOf('pauses').slice(0, count);
}

describe('supervise.sh', () => {
  it('starts a daemon that ends again and again, with growing pauses up to a limit', async () => {
    expect(await pausesAfter(1, 7)).toEqual(['1', '2', '4', '8', '16', '30', '30']);
  });

  it.each([2, 3])('waits a minute after exit code %i: a person must act first', async (code) => {
    expect(await pausesAfter(code, 2)).toEqual(['60', '60']);
  });

  it('hands SIGTERM to the daemon, waits for its end, and leaves its other children alone', async () => {
    const daemon = program(
      'daemon',
      `setsid sh -c 'trap "" HUP; echo $$ > "$DIR/keeper"; exec tail -f /dev/null' &
       trap 'echo "asked to end" >> "$DIR/log"; /bin/sleep 0.3; echo "ended" >> "$DIR/log"; exit 0' TERM
       echo up >> "$DIR/log"
       while :; do wait; done`,
    );
    const { child, ended, said } = supervise(daemon);
    await until(() => linesOf('log').includes('up') && linesOf('keeper').length > 0, { what: 'the daemon' });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(linesOf('log')).toEqual(['up', 'asked to end', 'ended']);
    expect(said()).toContain('stopped');
    const keeper = Number(linesOf('keeper')[0]);
    expect(() => process.kill(keeper, 0)).not.toThrow();
  });

  it('hands SIGHUP to the daemon and goes on; during a pause it starts the daemon at once', async () => {
    const daemon = program(
      'daemon',
      `trap 'echo again >> "$DIR/log"; [ $(grep -c again "$DIR/log") -lt 2 ] || exit 2' HUP
       echo up >> "$DIR/log"
       while :; do /bin/sleep 0.05; done`,
    );
    rmSync(join(dir, 'sleep'));
    const { child, ended, said } = supervise(daemon);
    const logged = (count) => until(() => linesOf('log').length >= count, { what: `${count} lines` });
    await logged(1);
    child.kill('SIGHUP');
    await logged(2);
    child.kill('SIGHUP');
    await until(() => said().includes('next start in 60 s'), { what: 'the pause' });
    child.kill('SIGHUP');
    await logged(4);
    expect(linesOf('log')).toEqual(['up', 'again', 'again', 'up']);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('a SIGHUP counts from the first moment of a pause on', async () => {
    const times = 40;
    const daemon = program('daemon', 'echo up >> "$DIR/log"; exit 2');
    rmSync(join(dir, 'sleep'));
    const { child, ended } = supervise(daemon);
    // As soon as it is told, which is before the pause has a process.
    child.stderr.on('data', (text) => {
      if (text.includes('next start') && linesOf('log').length < times) child.kill('SIGHUP');
    });
    await until(() => linesOf('log').length >= times, { what: `${times} starts`, ms: 15_000 });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('ends at once when it is stopped during a pause', async () => {
    rmSync(join(dir, 'sleep'));
    const { child, ended, said } = supervise(program('daemon', 'exit 2'));
    await until(() => said().includes('next start in 60 s'), { what: 'the pause' });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('gives the uid a name and a home, and closes the state for others', async () => {
    const { child, ended } = supervise(program('daemon', 'echo "$HOME" > "$DIR/log"; exit 3'));
    await until(() => linesOf('log').length > 0, { what: 'the daemon' });
    child.kill('SIGTERM');
    await ended;
    const home = join(dir, 'state/home');
    expect(linesOf('state/container/passwd')).toEqual([
      `agent:x:${process.getuid()}:${process.getgid()}:Roundhouse:${home}:/bin/bash`,
    ]);
    expect(statSync(join(dir, 'state')).mode & 0o777).toBe(0o700);
  });

  it('says what is wrong with a volume that it cannot write, and does not start the daemon', async () => {
    writeFileSync(join(dir, 'state'), 'a file, not a directory');
    const { child, ended, said } = supervise(program('daemon', 'echo ran > "$DIR/log"'));
    await until(() => said().includes('next start in 60 s'), { what: 'the pause' });
    child.kill('SIGTERM');
    await ended;
    expect(said()).toContain(`${join(dir, 'state')} is not writable for uid ${process.getuid()}`);
    expect(linesOf('log')).toEqual([]);
  });
});
