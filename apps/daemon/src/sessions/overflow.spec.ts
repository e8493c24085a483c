// Output beyond the budget while the hub is away: dropped and said so, or waited for. Real keepers and shells.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, sha256 } from '../keeper/testing/keeper-rig.js';
import type { SessionManager } from './session-manager.js';
import { Received, SessionBed } from './testing/session-bed.js';

/** `E2E_BAR=1` prints 100 MiB against the default budget of 64; what always runs is a twentieth of it. */
const long = process.env['E2E_BAR'] === '1';
const MiB = 1024 * 1024;
const [budget, total] = long ? [64, 100 * MiB] : [3, 5 * MiB];

describe('output beyond the budget', () => {
  const bed = new SessionBed();
  let sessions: SessionManager;
  const line = `${'x'.repeat(118)}→\n`;
  const flood = Buffer.from(line.repeat(Math.ceil(total / Buffer.byteLength(line)))).subarray(0, total);

  beforeAll(async () => {
    bed.spoolMb = budget;
    const file = join(bed.base, 'flood');
    writeFileSync(file, flood);
    const print = `stty raw -echo; printf ready; head -n 1 >/dev/null; cat ${file}; exit 4`;
    await bed.profile('drop', print);
    await bed.profile('block', print, { overflow: 'block' });
    await bed.profile('endless', 'exec cat /dev/zero', { overflow: 'block' });
    ({ sessions } = await bed.daemon());
  });
  beforeEach(() => {
    bed.received = new Received();
  });
  afterAll(() => bed[Symbol.asyncDispose]());

  /** Watches from the start, types, and loses the hub. @returns where the hub stood */
  const watchAndPart = async (profile: string) => {
    const op = await bed.spawn(sessions, profile);
    const { output } = sessions.require(op.sessionId);
    await (await output.openStream(1, 0)).begin();
    await eventually(() => bed.received.text === 'ready', 'ready');
    output.ack(1, 5);
    await output.input(1, 'v', 1, Buffer.from('\n'));
    await eventually(() => bed.received.end > 100_000, 'the flood begins');
    await sessions.closeStreams();
    return { op, output, at: bed.received.end };
  };
  const takeAll = async (output: { ack: (epoch: number, offset: number) => void }) => {
    await eventually(
      () => {
        output.ack(1, bed.received.end);
        return bed.received.exit !== null;
      },
      'the exit',
      long ? 120_000 : 20_000,
    );
  };

  it('R:D6 is one gap, and what is shown and the gap are all of it; the agent is not held up', async () => {
    const { op, output, at } = await watchAndPart('drop');
    const first = bed.received;
    // Nobody takes anything, and the agent ends all the same.
    expect((await bed.fact('session.exited', op, long ? 60_000 : 10_000)).offset).toBe(total + 5);
    bed.received = new Received();
    await (await output.openStream(1, at)).begin();
    await takeAll(output);
    const { gaps } = bed.received;
    expect(gaps).toHaveLength(1);
    const [gap = { from: 0, to: 0 }] = gaps;
    expect(gap.from).toBe(at);
    expect(first.data.length).toBe(at);
    expect(first.data.length + bed.received.data.length + gap.to - gap.from).toBe(total + 5);
    expect(total + 5 - gap.to).toBeGreaterThan((budget - 2) * MiB);
    expect(sha256(bed.received.data)).toBe(sha256(flood.subarray(gap.to - 5)));
  }, 180_000);

  it('R:D7 with overflow: block is not lost: the agent waits, and goes on when the hub is back', async () => {
    const { op, output, at } = await watchAndPart('block');
    const first = bed.received;
    let head = -1;
    await eventually(
      async () => {
        const before = head;
        head = (await output.info(1)).head;
        await new Promise((resolve) => setTimeout(resolve, 200));
        return head === before;
      },
      'the agent stands still',
      30_000,
    );
    expect(head).toBeLessThan(total);
    expect(head - at).toBeGreaterThan((budget - 1) * MiB);
    expect(sessions.isRunning(op.sessionId)).toBe(true);
    // What is typed reaches it all the same, and a reader may look.
    await output.input(1, 'v', 2, Buffer.from('x'));
    expect((await output.read(1, 0)).offset).toBe(0);
    bed.received = new Received();
    await (await output.openStream(1, at)).begin();
    await takeAll(output);
    expect([...first.gaps, ...bed.received.gaps]).toEqual([]);
    expect(bed.received.end).toBe(total + 5);
    const all = Buffer.concat([Buffer.from('ready'), flood]);
    expect(sha256(bed.received.data)).toBe(sha256(all.subarray(at)));
    expect(bed.received.exit).toMatchObject({ offset: total + 5, exit: { exitCode: 4 } });
  }, 180_000);

  it('a blocked agent can be stopped with nobody watching, and its exit is told', async () => {
    const op = await bed.spawn(sessions, 'endless');
    const { output } = sessions.require(op.sessionId);
    await eventually(
      async () => {
        const before = (await output.info(1)).head;
        await new Promise((resolve) => setTimeout(resolve, 200));
        return before > 0 && before === (await output.info(1)).head;
      },
      'it stands still',
      30_000,
    );
    sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    expect((await bed.fact('session.exited', op)).signal).toBe('SIGKILL');
    await eventually(() => bed.keepers().length === 0, 'its keeper is let go');
    expect(await output.info(1)).toMatchObject({ oldest: 0 });
  }, 60_000);
});
