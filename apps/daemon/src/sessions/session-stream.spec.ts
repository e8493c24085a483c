// Streams to the hub with a real keeper: opened, moved, stalled, cut off and carried on, no byte lost or twice.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { linkWindowBytes } from '@roundhouse/protocol';
import { eventually } from '../keeper/testing/keeper-rig.js';
import type { SessionManager } from './session-manager.js';
import { Received, SessionBed } from './testing/session-bed.js';

describe('a stream', () => {
  const bed = new SessionBed();
  let sessions: SessionManager;

  beforeAll(async () => {
    await bed.profile('cat', 'stty raw -echo; printf ready; exec cat');
    await bed.profile('flood', 'head -c 2000000 /dev/zero | tr "\\0" x; printf end; exit 3');
    await bed.profile('endless', 'exec yes');
    await bed.profile(
      'paced',
      'stty raw -echo; printf 12345; head -c 1 >/dev/null; printf 67890; head -c 1 >/dev/null; printf abcde',
    );
    await bed.profile(
      'sizes',
      `exec bash -c 'n=0; trap "n=\\$((n+1))" WINCH; echo ready; until read -t 0.01 x; do :; done; echo signals $n; stty size; exec cat'`,
    );
    await bed.profile('slow', 'read go; head -c 200000 /dev/zero | tr "\\0" y; exit 4');
    ({ sessions } = await bed.daemon());
  });
  beforeEach(() => {
    bed.received = new Received();
  });
  afterAll(() => bed[Symbol.asyncDispose]());

  const ready = async (sessionId: string, head: number): Promise<void> => {
    const output = sessions.get(sessionId)?.output;
    await eventually(async () => (await output?.info(null))?.head === head, `head ${String(head)}`);
  };

  it('begins where it is asked to, and stops when it is closed', async () => {
    const op = await bed.spawn(sessions, 'cat');
    await ready(op.sessionId, 5);
    const { output } = sessions.require(op.sessionId);
    const { info, begin } = await output.openStream(1, 2);
    expect(info).toMatchObject({ epoch: 1, oldest: 0, head: 5, exit: null });
    expect(bed.received.events).toEqual([]);
    await begin();
    await eventually(() => bed.received.text === 'ady', 'the rest');
    await output.input(1, 'v', 1, Buffer.from('one'));
    await eventually(() => bed.received.text === 'adyone', 'what was typed');
    await output.closeStream();
    await output.input(1, 'v', 2, Buffer.from('two'));
    await ready(op.sessionId, 11);
    expect(bed.received.text).toBe('adyone');
    // The hub came back and asks for the bytes from where it stood.
    await (await output.openStream(1, 8)).begin();
    await eventually(() => bed.received.end === 11, 'all of it');
    expect(bed.received.text).toBe('adyonetwo');
    await expect(output.openStream(1, 12)).rejects.toMatchObject({ code: 'OFFSET_INVALID' });
    await output.input(1, 'v', 3, Buffer.from('!'));
    await eventually(() => bed.received.text === 'adyonetwo!', 'a refused move leaves the stream');
    // Input that comes in a row is applied in that row.
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        output.input(1, 'v', 4 + n, Buffer.from(String.fromCharCode(65 + (n % 26)))),
      ),
    );
    await eventually(() => bed.received.end === 62, 'fifty letters');
    // What was never sent cannot be acknowledged; the keeper would hang up.
    output.ack(1, 1_000_000);
    expect((await output.info(1)).head).toBe(62);
    const letters = Array.from({ length: 50 }, (_, n) => String.fromCharCode(65 + (n % 26))).join('');
    expect(bed.received.text.endsWith(letters)).toBe(true);
    sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    await eventually(() => bed.received.exit !== null, 'the exit');
  });

  it('R:D18 200 resizes in a second reach the agent as ten at most, the last one right', async () => {
    const op = await bed.spawn(sessions, 'sizes');
    const session = sessions.require(op.sessionId);
    await (await session.output.openStream(1, 0)).begin();
    await eventually(() => bed.received.text.includes('ready'), 'ready');
    const done: Promise<void>[] = [];
    const begun = performance.now();
    for (let n = 1; n <= 200; n += 1) {
      done.push(session.resize(1, 80 + n, 30));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const seconds = (performance.now() - begun) / 1_000;
    await Promise.all(done);
    await session.output.input(1, 'v', 1, Buffer.from('go\n'));
    await eventually(() => bed.received.text.includes('30 280'), 'the last size');
    const signals = Number(/signals (\d+)/.exec(bed.received.text)?.[1]);
    expect(signals).toBeGreaterThan(0);
    // A slow machine takes longer than a second for them all; eight fit into each.
    expect(signals).toBeLessThanOrEqual(2 + (seconds * 1_000) / 125);
    expect(session.record).toMatchObject({ cols: 280, rows: 30 });
    sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    await bed.fact('session.exited', op);
  });

  it('a close that comes before it has begun wins; the exit is heard all the same', async () => {
    const op = await bed.spawn(sessions, 'cat');
    const { output } = sessions.require(op.sessionId);
    const opened = output.openStream(1, 0);
    const closed = output.closeStream();
    const { begin } = await opened;
    await Promise.all([begin(), closed]);
    expect(bed.received.events).toEqual([]);
    sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    await bed.fact('session.exited', op);
    expect(bed.received.events).toEqual([]);
  });

  it('moves and stops in the middle of a flood without losing its keeper', async () => {
    const op = await bed.spawn(sessions, 'endless');
    const { output } = sessions.require(op.sessionId);
    let at = 0;
    for (let round = 0; round < 10; round += 1) {
      const { begin } = await output.openStream(1, at);
      // What the stream sent before it was moved is the hub's to drop.
      bed.received = new Received();
      await begin();
      await eventually(() => {
        output.ack(1, bed.received.end);
        return bed.received.end > at + 300_000;
      }, 'it flows');
      expect(bed.received.events.find((event) => event.startsWith('output'))).toContain(` ${String(at)}+`);
      at = bed.received.end;
      if (round % 2 === 0) await output.closeStream();
      expect((await output.info(1)).exit).toBeNull();
    }
    sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    await output.closeStream();
    await bed.fact('session.exited', op);
  });

  it('holds no more than the window, tells the exit of a stalled one, and gives the rest from disk', async () => {
    const op = await bed.spawn(sessions, 'flood');
    const session = sessions.require(op.sessionId);
    const { output } = session;
    const { begin } = await output.openStream(1, 0);
    await begin();
    await eventually(() => bed.received.end >= linkWindowBytes, 'the window is full');
    // An acknowledgement of what was never sent gives no credit and breaks nothing.
    await eventually(
      async () => (await output.info(1).catch(() => null))?.head === 2_000_003,
      'all was printed',
    );
    expect(bed.received.end).toBe(linkWindowBytes);
    await eventually(async () => {
      await session.look();
      return session.isOver;
    }, 'the end is noticed behind the stalled stream');
    expect((await bed.fact('session.exited', op)).exitCode).toBe(3);
    expect(bed.received.exit).toBeNull();
    // The hub goes away, and comes back for the rest.
    await output.closeStream();
    await eventually(() => bed.keepers().length === 0, 'the keeper is let go');
    const at = bed.received.end;
    const again = await output.openStream(1, at);
    expect(again.info).toMatchObject({ head: 2_000_003, exit: { exitCode: 3 } });
    await again.begin();
    expect(bed.received.end).toBe(at + linkWindowBytes);
    while (bed.received.exit === null) {
      output.ack(1, Number.MAX_SAFE_INTEGER);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(bed.received.end).toBe(2_000_003);
    expect(bed.received.text.endsWith('xend')).toBe(true);
    expect(bed.received.exit).toMatchObject({ offset: 2_000_003, exit: { exitCode: 3 } });
  });

  it('an agent that ends in an open stream: every byte, then the exit, then the keeper goes', async () => {
    const op = await bed.spawn(sessions, 'slow');
    const { output } = sessions.require(op.sessionId);
    const from = (await output.info(null)).head;
    await (await output.openStream(1, null)).begin();
    await output.input(1, 'v', 1, Buffer.from('go\n'));
    await eventually(() => {
      output.ack(1, bed.received.end);
      return bed.received.exit !== null;
    }, 'the exit');
    expect(bed.received.end - from).toBe('go\r\n'.length + 200_000);
    expect(bed.received.events.at(-1)).toMatch(/^exit/);
    await bed.fact('session.exited', op);
    await eventually(() => bed.keepers().length === 0, 'the keeper is let go');
  });

  it('says when its bytes were printed, while it runs and when it has ended', async () => {
    const op = await bed.spawn(sessions, 'paced');
    const { output } = sessions.require(op.sessionId);
    await eventually(async () => (await output.times(1, 0)).length > 0, 'the first mark');
    for (const [seq, head] of [5, 10].entries()) {
      await ready(op.sessionId, head);
      await new Promise((resolve) => setTimeout(resolve, 150));
      await output.input(1, 'v', seq + 1, Buffer.from('x'));
    }
    await bed.fact('session.exited', op);
    // The keeper tells of the exit first, and writes the last mark then.
    await eventually(async () => (await output.times(1, 0)).length > 3, 'the mark of the end');
    const marks = await output.times(1, 0);
    expect(marks.map(({ offset }) => offset)).toEqual([0, 5, 10, 15]);
    const [first = 0, second = 0, third = 0, end = 0] = marks.map(({ ms }) => ms);
    expect(second - first).toBeGreaterThanOrEqual(145);
    expect(third - second).toBeGreaterThanOrEqual(145);
    expect(end).toBeGreaterThanOrEqual(third);
    expect(await output.times(1, 7)).toEqual(marks.slice(1));
    expect(await output.times(1, 16)).toEqual([]);
    await expect(output.times(2, 0)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('goes on after the connection to the keeper broke, without a word of the hub', async () => {
    const op = await bed.spawn(sessions, 'cat');
    await ready(op.sessionId, 5);
    const { output } = sessions.require(op.sessionId);
    await (await output.openStream(1, 0)).begin();
    await output.input(1, 'v', 1, Buffer.from('before'));
    await eventually(() => bed.received.end === 11, 'before');
    // A name that is too long for a keeper: it hangs up.
    const dead = await output.input(1, 'v'.repeat(200), 1, Buffer.from('x')).catch((error: unknown) => error);
    expect(dead).toMatchObject({ code: 'KEEPER_UNREACHABLE' });
    await eventually(
      () =>
        output.input(1, 'v', 2, Buffer.from('after')).then(
          () => true,
          () => false,
        ),
      'it takes input again',
    );
    await eventually(() => bed.received.text === 'readybeforeafter', bed.received.text);
    sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    await eventually(() => bed.received.exit !== null, 'the exit');
  }, 30_000);

  it('a killed keeper: what is on disk, a gap where bytes are gone, and the end', async () => {
    const op = await bed.spawn(sessions, 'cat');
    await ready(op.sessionId, 5);
    const { output } = sessions.require(op.sessionId);
    await (await output.openStream(1, 0)).begin();
    await eventually(() => bed.received.text === 'ready', 'the output');
    process.kill((await bed.keeperFile(op)).keeper.pid, 'SIGKILL');
    await bed.fact('session.lost', op);
    await eventually(() => bed.received.exit !== null, 'the end');
    expect(bed.received.exit).toMatchObject({ offset: 5, exit: { exitCode: null, signal: null } });
    expect(bed.received.text).toBe('ready');
  });
});
