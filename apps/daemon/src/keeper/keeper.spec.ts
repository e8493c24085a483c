// The keeper as a process: bytes, reattach, input, sizes, exit, fencing. Real keepers, PTYs and sockets.
import { spawn } from 'node:child_process';
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEndedSession, readExit, readKeeperFile, isKeeperAlive } from './ended-session.js';
import { isProcessAlive } from './proc.js';
import { eventually, KeeperRig, Recorder, sha256 } from './testing/keeper-rig.js';

const rig = new KeeperRig();
beforeAll(() => rig.installed());
afterAll(() => rig.dispose());

/** Numbered lines, and what a terminal makes of them. */
function bigFile(name: string, bytes: number): { path: string; cooked: Buffer } {
  const lines: string[] = [];
  for (let length = 0, n = 0; length < bytes; n += 1) {
    const line = `\u001b[3${String(n % 8)}m${String(n).padStart(9, '0')} ${'→x'.repeat(20)}`;
    length += Buffer.byteLength(line) + 1;
    lines.push(line);
  }
  const path = join(rig.stateDir, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return { path, cooked: Buffer.from(lines.map((line) => `${line}\r\n`).join('')) };
}

function readlink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

describe('output', () => {
  it('reaches the daemon byte for byte, with the exit after the last one', async () => {
    const file = bigFile('exact.txt', 2_800_000);
    const session = await rig.start(`cat ${file.path}; exit 5`);
    const heard = new Recorder();
    const client = await rig.connect(session, heard);
    await client.attach(0);
    await heard.untilExit();
    expect(heard.sha256).toBe(sha256(file.cooked));
    expect(heard.exit).toMatchObject({ exitCode: 5, signal: null, off: file.cooked.length });
    expect(heard.events.at(-1)).toBe(`exit ${String(file.cooked.length)}`);
  });

  it('F:F6 goes on at the offset after each death of the daemon: nothing twice, nothing lost', async () => {
    const file = bigFile('resume.txt', 2_000_000);
    const session = await rig.start(`cat ${file.path}; exit 0`);
    const total = new Recorder();
    for (let generation = 1; !total.exit; generation += 1) {
      const life = new Recorder();
      const client = await rig.connect(session, life, generation);
      await client.attach(total.off, 128 * 1024);
      const enough = 300_000;
      await life.until(() => life.bytes >= enough || life.exit !== null, 'some output');
      total.chunks.push(...life.chunks);
      total.off = Math.max(total.off, life.off);
      total.exit = life.exit;
      client.dispose();
    }
    expect(total.sha256).toBe(sha256(file.cooked));
  });

  it('F:F20 a daemon that does not acknowledge stalls itself, never the agent', async () => {
    const file = bigFile('slow.txt', 4_000_000);
    const session = await rig.start(`cat ${file.path}; exit 0`);
    const slow = new Recorder();
    slow.acks = false;
    const client = await rig.connect(session, slow);
    await client.attach(0, 64 * 1024);
    await eventually(async () => (await client.info()).state === 'exited', 'the agent ends');
    expect(slow.bytes).toBe(64 * 1024);
    slow.acks = true;
    client.ack(slow.off);
    await slow.untilExit();
    expect(slow.sha256).toBe(sha256(file.cooked));
    expect(slow.gaps).toEqual([]);
  });

  it('F:F11 says once which bytes are gone when the spool has wrapped', async () => {
    const session = await rig.start('head -c 70000000 /dev/zero | tr "\\0" x; sleep 0.3; printf END', {});
    const watcher = new Recorder();
    const client = await rig.connect(session, watcher);
    await eventually(async () => (await client.info()).state === 'exited', 'the agent ends', 15_000);
    await client.attach(0, 8 * 1024 * 1024);
    await watcher.untilExit(15_000);
    expect(watcher.gaps).toHaveLength(1);
    expect(watcher.gaps[0]?.from).toBe(0);
    expect(watcher.bytes + (watcher.gaps[0]?.to ?? 0)).toBe(70_000_003);
    expect(watcher.bytes).toBeGreaterThan(60 * 1024 * 1024);
    expect(watcher.chunks.at(-1)?.subarray(-3).toString()).toBe('END');
  }, 30_000);

  it('serves reads of any place without taking the session', async () => {
    const session = await rig.start('printf 0123456789; sleep 60');
    const heard = new Recorder();
    const client = await rig.connect(session, heard);
    await eventually(async () => (await client.info()).head === 10, 'output');
    expect((await client.read(4, 3)).bytes.toString()).toBe('456');
    expect(await client.read(10, 100)).toMatchObject({ off: 10, head: 10 });
    await expect(client.attach(11)).rejects.toMatchObject({ code: 'OFFSET_INVALID' });
    await expect(client.resize(90, 30)).rejects.toMatchObject({ code: 'NOT_ATTACHED' });
  });
});

describe('input', () => {
  it('R:D15 is applied once and in order, whoever repeats it', async () => {
    const session = await rig.start('stty raw -echo; printf ready; exec cat');
    const heard = new Recorder();
    const client = await rig.connect(session, heard);
    await client.attach(0);
    await heard.until(() => heard.text.includes('ready'), 'ready');
    await client.input('a', 1, Buffer.from('one '));
    await client.input('a', 1, Buffer.from('one '));
    await expect(client.input('a', 3, Buffer.from('three '))).rejects.toMatchObject({
      code: 'INPUT_GAP',
      details: { expected: 2 },
    });
    await client.input('b', 1, Buffer.from('other '));
    client.dispose();
    const next = await rig.connect(session, heard, 2);
    await next.attach(heard.off);
    await next.input('a', 1, Buffer.from('one '));
    await next.input('a', 2, Buffer.from('two '));
    await heard.until(() => heard.text.endsWith('two '), 'echo');
    expect(heard.text).toBe('readyone other two ');
  });

  it('F:F21 keeps a paste of 2 MB whole, and refuses more than the agent reads', async () => {
    const session = await rig.start(
      'stty raw -echo; printf ready; sleep 1; exec head -c 2097152 | sha256sum',
    );
    const heard = new Recorder();
    const client = await rig.connect(session, heard);
    await client.attach(0);
    await heard.until(() => heard.text.includes('ready'), 'ready');
    const paste = Buffer.alloc(2 * 1024 * 1024, 'paste0123456789→');
    let busy = 0;
    for (let seq = 1, at = 0; at < paste.length;) {
      try {
        await client.input('a', seq, paste.subarray(at, at + 65_536));
        at += 65_536;
        seq += 1;
      } catch (error) {
        expect(error).toMatchObject({ code: 'INPUT_BUSY' });
        busy += 1;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    await heard.untilExit();
    expect(busy).toBeGreaterThan(0);
    expect(heard.text).toContain(sha256(paste));
  });
});

describe('sizes', () => {
  it('appear in the stream where they apply, and again for whoever replays it', async () => {
    const session = await rig.start('printf A; read x; stty size; read x; stty size; sleep 60', {
      cols: 100,
      rows: 30,
    });
    const live = new Recorder();
    const client = await rig.connect(session, live);
    await client.attach(0);
    await live.until(() => live.text.includes('A'), 'A');
    await client.resize(100, 30);
    await client.resize(101, 31);
    await client.input('a', 1, Buffer.from('\r'));
    await live.until(() => live.text.includes('31 101'), 'first size');
    await client.resize(102, 32);
    await client.input('a', 2, Buffer.from('\r'));
    await live.until(() => live.text.includes('32 102'), 'second size');
    const second = live.resizes[2]?.off ?? 0;
    expect(live.resizes).toEqual([
      { off: 0, cols: 100, rows: 30 },
      { off: 1, cols: 101, rows: 31 },
      { off: second, cols: 102, rows: 32 },
    ]);
    expect(second).toBeGreaterThan(1);
    const replay = new Recorder();
    const again = await rig.connect(session, replay, 2);
    await again.attach(0);
    await replay.until(() => replay.text === live.text, 'replay');
    expect(replay.resizes).toEqual(live.resizes);
    await again.attach(second + 1);
    await replay.until(() => replay.resizes.length === 4, 'size in force');
    expect(replay.resizes.at(-1)).toEqual({ off: second + 1, cols: 102, rows: 32 });
    expect((await again.info()).resizes).toEqual(live.resizes);
  });
});

describe('exit', () => {
  it('is known from disk alone, with scrollback and sizes, when nobody was connected', async () => {
    const session = await rig.start('printf "last words"; kill -TERM $$', { lingerMs: 1 });
    await eventually(() => !isProcessAlive(session.keeper), 'the keeper ends');
    expect(await readExit(session.dir)).toMatchObject({ exitCode: null, signal: 'SIGTERM', off: 10 });
    const ended = await openEndedSession(session.dir);
    expect((await ended.spool.read(0, 100))?.bytes.toString()).toBe('last words');
    expect(ended.spool.head).toBe(10);
    expect(ended.resizes).toEqual([{ off: 0, cols: 80, rows: 24 }]);
  });

  it('waits for FORGET, which is refused while the agent runs', async () => {
    const session = await rig.start('read x; exit 3');
    const heard = new Recorder();
    const client = await rig.connect(session, heard);
    await client.attach(0);
    await expect(client.forget()).rejects.toMatchObject({ code: 'SESSION_RUNNING' });
    await client.input('a', 1, Buffer.from('\r'));
    await heard.untilExit();
    expect(isProcessAlive(session.keeper)).toBe(true);
    await expect(client.input('a', 2, Buffer.from('x'))).rejects.toMatchObject({
      code: 'SESSION_NOT_RUNNING',
    });
    await client.forget();
    await eventually(() => !isProcessAlive(session.keeper), 'the keeper ends');
    await expect(rig.connect(session, new Recorder())).rejects.toMatchObject({ code: 'KEEPER_UNREACHABLE' });
    expect((await readExit(session.dir))?.exitCode).toBe(3);
  });

  it('by a signal to the group is named', async () => {
    const session = await rig.start('sleep 60');
    const heard = new Recorder();
    const client = await rig.connect(session, heard);
    await client.attach(0);
    await client.signal('SIGKILL');
    await heard.untilExit();
    expect(heard.exit).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  });
});

describe('daemons', () => {
  it('F:F14 a newer one fences the older, which cannot come back', async () => {
    const session = await rig.start('sleep 60');
    const old = new Recorder();
    const oldClient = await rig.connect(session, old, 7);
    await oldClient.attach(0);
    const newer = new Recorder();
    await (await rig.connect(session, newer, 8)).attach(0);
    await old.until(() => old.closed.length > 0, 'fenced');
    expect(old.closed).toEqual([{ kind: 'fenced', message: expect.stringContaining('generation 8') }]);
    await expect(oldClient.input('a', 1, Buffer.from('x'))).rejects.toMatchObject({ code: 'CONFLICT' });
    const back = await rig.connect(session, new Recorder(), 7);
    await expect(back.attach(0)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(newer.closed).toEqual([]);
  });

  it('that send rubbish lose their connection, the agent lives on', async () => {
    const session = await rig.start('sleep 60');
    const heard = new Recorder();
    const client = await rig.connect(session, heard);
    await client.attach(0);
    client.ack(1_000_000);
    await heard.until(() => heard.closed.length > 0, 'closed');
    expect(heard.closed[0]?.message).toContain('ACK of 1000000');
    expect(isProcessAlive(session.agent)).toBe(true);
    await (await rig.connect(session, new Recorder())).attach(0);
  });
});

describe('the keeper process', () => {
  it('F:F6 survives kill -9 of its parent, SIGHUP, SIGINT and SIGTERM, and its agent with it', async () => {
    const spec = rig.spec('printf up; exec sleep 60');
    const { entry, build } = await rig.installed();
    const parent = spawn(
      process.execPath,
      [
        '-e',
        `const c = require('child_process').spawn(process.execPath, [process.argv[1]], { detached: true, stdio: ['pipe', 'ignore', 'ignore', 'pipe'] });
         c.stdin.end(process.argv[2]); c.stdio[3].on('data', (d) => { process.stdout.write(d); setInterval(() => {}, 1000); });`,
        entry,
        JSON.stringify({ ...spec, build }),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const line = await new Promise<string>((resolve) =>
      parent.stdout.once('data', (data) => resolve(String(data))),
    );
    const { keeper, agent } = JSON.parse(line);
    parent.kill('SIGKILL');
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.kill(keeper.pid, signal);
    const heard = new Recorder();
    await (await rig.connect(spec, heard)).attach(0);
    await heard.until(() => heard.text === 'up', 'output');
    expect([isProcessAlive(keeper), isProcessAlive(agent)]).toEqual([true, true]);
    const file = await readKeeperFile(spec.dir);
    expect(file).toMatchObject({ keeper, agent, build, socketPath: spec.socketPath });
    expect(file && isKeeperAlive(file)).toBe(true);
    expect(
      file && isKeeperAlive({ ...file, keeper: { ...file.keeper, startTime: file.keeper.startTime + 1 } }),
    ).toBe(false);
    // SIGTERM was a wish to leave: granted when the agent has ended.
    process.kill(agent.pid, 'SIGKILL');
    await eventually(() => !isProcessAlive(keeper), 'the keeper ends');
    expect(await readExit(spec.dir)).toMatchObject({ signal: 'SIGKILL' });
  });

  it('is private, gives the agent its marker, and hands no descriptor on', async () => {
    const own = openSync(join(rig.stateDir, 'of-daemon'), 'w');
    const session = await rig.start(
      'echo "fds:"$(ls /proc/$$/fd); echo "mark:$ROUNDHOUSE_SESSION"; umask; sleep 60',
      {
        env: { PATH: process.env['PATH'] ?? '', SECRET_OF_AGENT: 'hush' },
      },
    );
    const heard = new Recorder();
    await (await rig.connect(session, heard)).attach(0);
    await heard.until(() => /\d{4}\r\n/.test(heard.text), 'umask');
    expect(heard.text).toContain(`mark:${session.sessionId}`);
    expect(heard.text).toContain('fds:0 1 2');
    expect(heard.text).toContain(`0${(process.umask() & 0o777).toString(8).padStart(3, '0')}`);
    expect(statSync(session.socketPath).mode & 0o777).toBe(0o600);
    expect(statSync(join(session.socketPath, '..')).mode & 0o777).toBe(0o700);
    for (const name of ['keeper.json', 'resizes.log', 'keeper.log']) {
      expect(statSync(join(session.dir, name)).mode & 0o077).toBe(0);
      expect(readFileSync(join(session.dir, name), 'utf8')).not.toContain('hush');
    }
    const keeper = String(session.keeper.pid);
    const inherited = readdirSync(`/proc/${keeper}/fd`).map((fd) => readlink(`/proc/${keeper}/fd/${fd}`));
    expect(inherited).not.toContain(join(rig.stateDir, 'of-daemon'));
    closeSync(own);
    expect(readFileSync(`/proc/${keeper}/environ`, 'utf8')).not.toMatch(/hush|ROUNDHOUSE_SESSION/);
    expect(readFileSync(`/proc/${keeper}/cmdline`, 'utf8')).not.toContain('hush');
  });

  it('F:F25 keeps running on memory when the spool cannot be written, and says so', async () => {
    const spec = rig.spec('printf kept; read x; printf more');
    writeFileSync(join(spec.dir, 'spool'), 'in the way');
    const session = await rig.start('printf kept; read x; printf more', {
      sessionId: spec.sessionId,
      dir: spec.dir,
    });
    const heard = new Recorder();
    const client = await rig.connect(session, heard);
    await eventually(async () => (await client.info()).degraded, 'degraded');
    await client.attach(0);
    await client.input('a', 1, Buffer.from('\r'));
    await heard.untilExit();
    expect(heard.text).toBe('kept\r\nmore');
    await eventually(async () => (await readExit(session.dir))?.exitCode === 0, 'the exit record');
  });
});
