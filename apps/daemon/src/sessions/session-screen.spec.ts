// The screen of a session: live, after a restart of the daemon, and when it has ended. Real keepers and shells.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../keeper/testing/keeper-rig.js';
import { Emulator } from '../terminal/screen/emulator.js';
import type { SessionManager } from './session-manager.js';
import { SessionBed } from './testing/session-bed.js';

const esc = '\u001b';

describe('the screen of a session', () => {
  const bed = new SessionBed();
  let life: Awaited<ReturnType<SessionBed['daemon']>>;
  const sessions = (): SessionManager => life.sessions;
  const screenOf = (sessionId: string) => {
    const session = sessions().get(sessionId);
    if (!session) throw new Error('no session');
    return session.screen;
  };

  beforeAll(async () => {
    await bed.profile('cat', 'stty raw -echo; printf ready; exec cat');
    await bed.profile('brief', 'printf "one\\r\\ntwo"; exit 3');
    await bed.profile('asks', `stty raw -echo; printf '${esc}[6n'; exec cat -v`);
    life = await bed.daemon();
  });
  afterAll(() => bed[Symbol.asyncDispose]());

  const drawn = async (sessionId: string, epoch: number | null = null): Promise<string> => {
    const { data, cols, rows } = await screenOf(sessionId).snapshot(epoch, 100);
    const emulator = new Emulator({ cols, rows, scrollback: 100 });
    emulator.write(data);
    const buffer = emulator.term.buffer.active;
    const lines = Array.from(
      { length: buffer.length },
      (_, row) => buffer.getLine(row)?.translateToString(true) ?? '',
    );
    return lines.join('\n').trimEnd();
  };
  const type = (sessionId: string, seq: number, text: string) =>
    sessions().get(sessionId)?.output.input(1, 'v', seq, Buffer.from(text));
  const shows = (sessionId: string, text: string) =>
    eventually(async () => (await drawn(sessionId)).includes(text), `${text} on the screen`);

  it('is what the agent printed, digested row by row, at the size of now', async () => {
    const op = await bed.spawn(sessions(), 'cat');
    await shows(op.sessionId, 'ready');
    await type(op.sessionId, 1, `\r\n${esc}[31mred${esc}[0m`);
    const grid = await screenOf(op.sessionId).grid(1, 'ready\r\nred'.length + 9);
    expect(grid).toMatchObject({ epoch: 1, cols: 80, rows: 24, cursorX: 3, cursorY: 1, alternate: false });
    expect(grid.digests).toHaveLength(24);
    await sessions().require(op.sessionId).resize(1, 40, 10);
    await eventually(async () => (await screenOf(op.sessionId).grid(1, 0)).cols === 40, 'the new size');
    await expect(screenOf(op.sessionId).grid(1, 1_000_000)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(() => screenOf(op.sessionId).snapshot(7, 0)).toThrow(/no such epoch/);
  });

  it('survives the daemon: the next one goes on from the checkpoint', async () => {
    const op = await bed.spawn(sessions(), 'cat');
    await shows(op.sessionId, 'ready');
    await type(op.sessionId, 1, ' first');
    await shows(op.sessionId, 'first');
    await life.end();
    expect(existsSync(join(bed.dir(op), 'screen.checkpoint'))).toBe(true);
    life = await bed.daemon();
    await shows(op.sessionId, 'ready first');
    await sessions().get(op.sessionId)?.output.input(1, 'w', 1, Buffer.from(' second'));
    await shows(op.sessionId, 'ready first second');
  });

  it('of an ended session comes from its last checkpoint, or from its output when that is gone', async () => {
    const op = await bed.spawn(sessions(), 'brief');
    await bed.fact('session.exited', op);
    const file = join(bed.dir(op), 'screen.checkpoint');
    await eventually(() => existsSync(file) && !screenOf(op.sessionId).isLive, 'the last checkpoint');
    await eventually(() => bed.keepers().length <= 2, 'its keeper is let go');
    expect(await drawn(op.sessionId)).toBe('one\ntwo');
    expect(await screenOf(op.sessionId).preview()).toMatchObject({
      epoch: 1,
      lines: [[{ text: 'one' }], [{ text: 'two' }]],
      title: null,
    });
    await life.end();
    rmSync(file);
    life = await bed.daemon();
    expect(await drawn(op.sessionId)).toBe('one\ntwo');
    await eventually(() => existsSync(file), 'it is stored again');
  });

  it('R:B8 answers the agent once, live, and never again', async () => {
    const op = await bed.spawn(sessions(), 'asks');
    await shows(op.sessionId, '^[[1;1R');
    const { head } = (await sessions().get(op.sessionId)?.output.info(1)) ?? { head: -1 };
    await life.end();
    rmSync(join(bed.dir(op), 'screen.checkpoint'));
    life = await bed.daemon();
    await shows(op.sessionId, '^[[1;1R');
    bed.screens.open.at(-1)?.die();
    await eventually(
      () =>
        drawn(op.sessionId).then(
          (text) => text.includes('^[[1;1R'),
          () => false,
        ),
      'drawn again',
    );
    expect((await sessions().get(op.sessionId)?.output.info(1))?.head).toBe(head);
  });
});
