// A keeper host as its daemons see it: real sockets, real keepers and agents, and every way in which it may not be there.
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { ManualClock, newId, silentLogger } from '@roundhouse/kit';
import { parseProfile } from '@roundhouse/profiles';
import { commandIdSchema } from '@roundhouse/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ownPrograms } from '../inventory/programs.js';
import { ToolInventory } from '../inventory/tools.js';
import { eventually } from '../keeper/testing/keeper-rig.js';
import { readCgroupRoom } from '../sessions/cgroup-room.js';
import { SessionBed } from '../sessions/testing/session-bed.js';
import { openAgentPlace, problemOf, type AgentPlace } from './agent-place.js';
import { ask } from './ask.js';
import { keeperHostSocket, readKeeperHost, writeKeeperHost } from './identity.js';
import { KeeperHost } from './keeper-host.js';
import { startOperation, REQUEST_BYTES_MAX } from './wire.js';

const logger = silentLogger();
const bed = new SessionBed();
const { stateDir } = bed;
const socketPath = keeperHostSocket(stateDir);
const searched = process.env['PATH'] ?? '';
let host: KeeperHost | null = null;
let place: AgentPlace;

const open = (): Promise<KeeperHost> => KeeperHost.start({ stateDir, path: searched, logger });
const joined = (keepers: 'own' | 'apart' = 'apart', signal = new AbortController().signal) =>
  openAgentPlace({ stateDir, keepers, env: { PATH: '/nowhere', A: 'b' }, logger }, signal);
const close = async (): Promise<void> => {
  await host?.dispose();
  host = null;
};

beforeAll(async () => {
  await bed.profile('cat', 'echo begun; exec cat');
});
beforeEach(async () => {
  host = await open();
  place = await joined();
  bed.place = place;
});
afterEach(close);
afterAll(() => bed[Symbol.asyncDispose]());

/** What comes back for these very bytes. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(socketPath, () => void socket.write(bytes));
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(text);
    });
  });
}

/** A keeper of another build: what it does stands in the test. */
function keeperThat(does: string) {
  const build = '00000000000000ab';
  const dir = join(stateDir, 'sessions', newId());
  for (const each of [dir, join(stateDir, 'keepers', build)]) mkdirSync(each, { recursive: true });
  writeFileSync(
    join(stateDir, 'keepers', build, 'keeper.mjs'),
    `import fs from 'node:fs'; const dir = ${JSON.stringify(dir)}; ${does}`,
  );
  return { build, dir, spec: { future: [1] } };
}
const isThere = (dir: string, name: string) => () =>
  statSync(join(dir, name), { throwIfNoEntry: false }) !== undefined;

describe('a keeper host', () => {
  it('starts agents that the next daemon finds, by any keeper host or none', async () => {
    const first = await bed.daemon();
    const op = await bed.spawn(first.sessions, 'cat');
    await first.end();
    await close();
    const second = await bed.daemon();
    const session = second.sessions.require(op.sessionId);
    expect(session.report()).toMatchObject({ state: 'running', pid: session.record.agent?.pid });
    await session.output.input(1, 'viewer', 1, Buffer.from('still here\n'));
    await eventually(
      async () =>
        Buffer.from((await session.output.read(1, 0)).data)
          .toString()
          .includes('still here'),
      'the agent answers',
    );
    // Without a keeper host nothing new starts, with the reason and what to do.
    const refused = bed.op('cat');
    await second.sessions.spawn(refused, commandIdSchema.parse(newId()));
    const { reason } = await bed.fact('session.failed', refused);
    expect(reason).toMatchObject({ code: 'KEEPER_UNREACHABLE', hint: expect.stringContaining('podman ps') });
    const tools = new ToolInventory({ env: { PATH: searched }, programs: place.programs });
    const cat = parseProfile({ name: 'cat', binary: 'cat' });
    expect(await tools.check([cat])).toMatchObject([
      { available: false, reason: expect.stringContaining('does not answer') },
    ]);
    await expect(place.room()).rejects.toMatchObject({ code: 'KEEPER_UNREACHABLE' });
    host = await open();
    const third = await bed.spawn(second.sessions, 'cat');
    for (const { sessionId } of [op, third]) {
      second.sessions.stop({ kind: 'stop', sessionId, epoch: 1, force: true });
      await bed.fact('session.exited', { sessionId, epoch: 1 });
    }
    await second.end();
  });

  it('is for this user alone', () => {
    expect(statSync(dirname(socketPath)).mode & 0o777).toBe(0o700);
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  });

  it('looks for programs where it runs', async () => {
    const { programs } = place;
    const found = await programs.find('sh', searched);
    expect(found).toEqual(await ownPrograms.find('sh', searched));
    expect(await programs.find('no-such-agent', searched)).toBeNull();
    const check = { file: '/bin/bash', env: { PATH: searched }, timeoutMs: 5_000, clock: new ManualClock() };
    expect(await programs.version(check)).toMatchObject({
      ok: true,
      version: expect.stringContaining('bash'),
    });
    await programs.require({ program: 'sh', cwd: bed.project, path: searched });
    await expect(
      programs.require({ program: 'no-such-agent', cwd: bed.project, path: searched }),
    ).rejects.toMatchObject({
      code: 'AGENT_NOT_FOUND',
    });
    expect(await place.room()).toEqual(await readCgroupRoom());
    expect(place.env).toEqual({ PATH: searched, A: 'b' });
    expect((await place.cgroups()).enforcement.memory).toContain('container of the keepers');
  });

  it('hands on what it does not know, both ways', async () => {
    const order = keeperThat(
      `fs.writeFileSync(dir + '/spec', fs.readFileSync(0)); fs.writeSync(3, '{"ok":true,"new":2}\\n'); fs.closeSync(3);`,
    );
    expect(await ask(startOperation, order, { socketPath })).toEqual({ text: '{"ok":true,"new":2}\n' });
    expect(isThere(order.dir, 'spec')()).toBe(true);
  });

  it('ends a start that its daemon gives up, and goes on with that of a daemon that died', async () => {
    const slow = keeperThat(
      `fs.writeFileSync(dir + '/begun', ''); setTimeout(() => fs.writeFileSync(dir + '/late', ''), 300);`,
    );
    const given = new AbortController();
    const asked = ask(startOperation, slow, { socketPath, signal: given.signal });
    await eventually(isThere(slow.dir, 'begun'), 'it begins');
    given.abort(new Error('given up'));
    await expect(asked).rejects.toThrow('given up');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(isThere(slow.dir, 'late')()).toBe(false);

    const orphan = keeperThat(`setTimeout(() => fs.writeFileSync(dir + '/late', ''), 200);`);
    const socket = connect(socketPath, () => {
      socket.write(`${JSON.stringify({ v: 1, op: 'start', ask: orphan })}\n`, () => socket.destroy());
    });
    await eventually(isThere(orphan.dir, 'late'), 'it goes on');
  });

  it('tells a keeper that does not come apart from a keeper host that does not answer', async () => {
    await close();
    const server = createServer((socket) => {
      socket
        .resume()
        .end(`${JSON.stringify({ ok: false, code: 'TIMEOUT', message: 'keeper start: no answer' })}\n`);
    });
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    try {
      await expect(place.room()).rejects.toMatchObject({
        code: 'TIMEOUT',
        message: 'keeper start: no answer',
      });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('refuses what is not of a daemon, and nothing of it is done', async () => {
    const request = (change: object) => raw(`${JSON.stringify({ v: 1, op: 'room', ask: {}, ...change })}\n`);
    expect(await raw('GET / HTTP/1.1\r\n\r\n')).toContain('BAD_REQUEST');
    expect(await raw('[]\n')).toContain('BAD_REQUEST');
    expect(await request({ v: 2 })).toContain('PROTOCOL_MISMATCH');
    expect(await request({ op: 'constructor' })).toContain('BAD_REQUEST');
    const start = { build: '0123456789abcdef', dir: join(stateDir, 'sessions/a'), spec: {} };
    for (const wrong of [
      { build: '../../evil' },
      { dir: '/tmp' },
      { dir: join(stateDir, 'sessions/../x') },
      { spec: 'x' },
    ])
      expect(await request({ op: 'start', ask: { ...start, ...wrong } })).toContain('VALIDATION_FAILED');
    const long = { argv: ['x'.repeat(REQUEST_BYTES_MAX)] };
    await expect(ask(startOperation, { ...start, spec: long }, { socketPath })).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    });
    // Too long for a line, and whoever sends it is let go.
    expect(await raw('x'.repeat(REQUEST_BYTES_MAX + 1))).not.toContain('"ok":true');
    expect(await place.room()).toBeTruthy();
  });

  it('is one for a directory', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'STATE_LOCKED' });
  });
});

describe('a daemon that looks for its keeper host', () => {
  it('refuses to start its own keepers beside one', async () => {
    await expect(joined('own')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      hint: expect.stringContaining('ROUNDHOUSE_KEEPERS=apart'),
    });
    await close();
    expect((await joined('own')).env['PATH']).toBe('/nowhere');
  });

  it('refuses one in other namespaces, with other paths, or of another age, and names what to do', async () => {
    const identity = await readKeeperHost(stateDir);
    if (!identity) throw new Error('it did not say who it is');
    expect(problemOf(identity, stateDir)).toBeNull();
    const namespaces = { ...identity.namespaces, pid: 'pid:[1]', user: 'user:[2]' };
    expect(problemOf({ ...identity, namespaces }, stateDir)).toMatchObject({
      code: 'CONFIG_INVALID',
      hint: expect.stringMatching(/--pid=container:NAME --userns=container:NAME/),
    });
    expect(problemOf(identity, '/elsewhere')).toMatchObject({
      hint: expect.stringContaining('--volumes-from'),
    });
    expect(problemOf({ ...identity, versions: { min: 2, max: 3 } }, stateDir)).toMatchObject({
      code: 'PROTOCOL_MISMATCH',
    });
  });

  it('waits a while for one that is being started', async () => {
    const identity = await readKeeperHost(stateDir);
    if (!identity) throw new Error('it did not say who it is');
    await writeKeeperHost(stateDir, { ...identity, namespaces: { ...identity.namespaces, pid: 'pid:[1]' } });
    const clock = new ManualClock();
    const waiting = openAgentPlace(
      { stateDir, keepers: 'apart', env: {}, logger, clock },
      new AbortController().signal,
    );
    const refused = expect(waiting).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    let over = false;
    void refused.then(() => (over = true));
    while (!over) {
      clock.advance(250);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const soon = joined();
    await writeKeeperHost(stateDir, identity);
    expect((await soon).env['PATH']).toBe(searched);
  });
});
