import { inputChunkBytes, uiEvents, viewerIdSchema, viewerWindowBytes } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { contentOf } from './testing/fake-host.js';
import { TerminalRig } from './testing/terminal-rig.js';
import type { FakeBrowser } from './testing/fake-browser.js';

const exit = { exitCode: 0, signal: null };
const ended = { state: 'exited', exitCode: 0 } as const;

describe('attaching', () => {
  it('replays everything to a second viewer and nothing of it to the first (R:D8)', async () => {
    const rig = new TerminalRig();
    const first = await rig.watch();
    rig.host.write(200_000);
    await rig.settle();
    const second = await rig.watch('ada');
    expect([first.received, second.received]).toEqual([200_000, 200_000]);
    expect([...first.faults, ...second.faults]).toEqual([]);
    expect(contentOf(1, 0, 4)).toHaveLength(4);
  });

  it('refuses an offset beyond the head with a typed error, and the stream goes on (R:D10)', async () => {
    const rig = new TerminalRig();
    const first = await rig.watch();
    rig.host.write(10);
    await expect(rig.attach(rig.browser(), { fromOffset: 11 })).rejects.toMatchObject({
      code: 'OFFSET_INVALID',
    });
    rig.host.write(10);
    await rig.settle();
    expect(first.next).toBe(20);
  });

  it('takes no offset that is none (R:D10)', () => {
    const { payload } = uiEvents['session.attach'];
    const { sessionId } = new TerminalRig();
    for (const fromOffset of [-1, 0.5, Number.NaN, Infinity, 2 ** 53, 2 ** 53 + 1, '0', null]) {
      expect(payload.safeParse({ sessionId, epoch: 1, fromOffset }).success, String(fromOffset)).toBe(false);
    }
    expect(payload.safeParse({ sessionId, epoch: 1, fromOffset: 2 ** 53 - 1 }).success).toBe(true);
  });

  it('answers an old epoch from the oldest byte of the new one (R:D11)', async () => {
    const rig = new TerminalRig();
    rig.host.write(500);
    rig.host.exit(exit);
    rig.host.resume();
    rig.changed({ epoch: 2 });
    rig.host.write(100);
    rig.host.trim(40);
    const browser = rig.browser();
    await rig.attach(browser, { epoch: 1, fromOffset: 500 });
    await rig.settle();
    expect(browser).toMatchObject({
      epoch: 2,
      next: 100,
      received: 60,
      gaps: [{ from: 0, to: 40 }],
      faults: [],
    });
  });

  it('never has more than the window unacknowledged, and goes on after the acknowledgement', async () => {
    const rig = new TerminalRig();
    const slow = rig.browser();
    slow.fast = false;
    await rig.attach(slow);
    const fast = await rig.watch();
    rig.host.write(viewerWindowBytes * 3);
    await rig.settle();
    expect(slow.received).toBe(viewerWindowBytes);
    for (let turn = 0; turn < 20; turn += 1) await rig.settle();
    expect(fast.received).toBe(viewerWindowBytes * 3);
    slow.fast = true;
    slow.catchUp();
    for (let turn = 0; turn < 20; turn += 1) await rig.settle();
    expect(slow).toMatchObject({ received: viewerWindowBytes * 3, faults: [] });
  });

  it('waits with a session that is queued, and follows it when it starts', async () => {
    const rig = new TerminalRig({ state: 'queued', startedAt: null });
    const browser = await rig.watch();
    expect(rig.host.heard).toEqual([]);
    rig.changed({ state: 'unknown' });
    rig.changed({ state: 'running', startedAt: '2026-01-01T00:00:01.000Z' });
    rig.host.write(50);
    await rig.settle();
    expect(browser).toMatchObject({ next: 50, faults: [] });
  });

  it('tells a page of a queued session that its next life began instead', async () => {
    const rig = new TerminalRig({ state: 'queued', startedAt: null });
    const browser = await rig.watch();
    rig.changed({ state: 'failed' });
    rig.host.exit(exit);
    rig.host.resume();
    rig.changed({ state: 'running', epoch: 2, startedAt: '2026-01-01T00:00:01.000Z' });
    rig.host.write(5);
    await rig.settle();
    expect(browser).toMatchObject({ epoch: 2, next: 5, faults: [] });
  });

  it('says why there is nothing to see', async () => {
    const stateReason = { code: 'AGENT_NOT_FOUND', message: 'No claude here', hint: '' };
    const failed = new TerminalRig({ state: 'failed', startedAt: null, stateReason });
    await expect(failed.watch()).rejects.toMatchObject({
      code: 'SESSION_NOT_RUNNING',
      message: 'No claude here',
    });
    const away = new TerminalRig();
    away.disconnect();
    await expect(away.watch()).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
  });

  it('shows an ended session whole, with its exit', async () => {
    const rig = new TerminalRig(ended);
    rig.host.write(150_000);
    rig.host.exit(exit);
    expect(await rig.watch()).toMatchObject({ received: 150_000, exit: 150_000, faults: [] });
  });

  it('listens to a socket once, however often it attaches', async () => {
    const rig = new TerminalRig();
    const browser = rig.browser();
    for (let turn = 0; turn < 20; turn += 1) await rig.attach(browser);
    expect(browser.listeners).toHaveLength(1);
    expect(rig.service.find(rig.sessionId)?.size).toBe(1);
    browser.close();
    expect(rig.service.find(rig.sessionId)?.size).toBe(0);
  });

  it('lets go of the host half a minute after the last viewer', async () => {
    const rig = new TerminalRig();
    const browser = await rig.watch();
    browser.close();
    rig.clock.advance(29_000);
    expect(rig.service.find(rig.sessionId)).toBeDefined();
    rig.clock.advance(1_000);
    await rig.settle();
    expect(rig.service.find(rig.sessionId)).toBeUndefined();
    expect(rig.host.heard.at(-1)?.name).toBe('terminal.close');
  });
});

describe('what the host does', () => {
  it('ends while the link is broken: its last bytes come before the exit', async () => {
    const rig = new TerminalRig();
    const browser = await rig.watch();
    rig.host.write(100);
    await rig.settle();
    rig.disconnect();
    rig.host.write(90_000);
    rig.host.exit(exit);
    rig.connect();
    await rig.settle();
    expect(browser).toMatchObject({ next: 90_100, exit: 90_100, gaps: [], faults: [] });
  });

  it('loses its keeper: viewers hear the end from the host', async () => {
    const rig = new TerminalRig();
    const browser = await rig.watch();
    rig.host.write(100);
    rig.host.life.exit = { exitCode: null, signal: null };
    rig.changed({ state: 'lost' });
    await rig.settle();
    expect(browser.exit).toBe(100);
  });

  it('has less than was seen: the terminal starts afresh', async () => {
    const rig = new TerminalRig();
    const browser = await rig.watch();
    rig.host.write(1_000);
    await rig.settle();
    rig.disconnect();
    rig.host.lose(400);
    rig.connect();
    await rig.settle();
    expect(browser.names).toContain('session.snapshot');
    rig.host.write(10);
    await rig.settle();
    expect(browser).toMatchObject({ next: 610, faults: [] });
  });

  it('is asked again when it was too busy to open, or to read', async () => {
    const rig = new TerminalRig();
    const browser = await rig.watch();
    rig.disconnect();
    rig.host.write(700_000);
    rig.host.failures = 3;
    rig.connect();
    for (let turn = 0; turn < 6; turn += 1) {
      await rig.settle();
      rig.clock.advance(1_000);
    }
    for (let turn = 0; turn < 10; turn += 1) await rig.settle();
    expect(browser).toMatchObject({ next: 700_000, faults: [] });
  });

  it('forgot the session: a gap is declared, not waited for', async () => {
    const rig = new TerminalRig(ended);
    rig.host.write(10);
    rig.host.exit(exit);
    rig.host.trim(10);
    expect(await rig.watch()).toMatchObject({ gaps: [{ from: 0, to: 10 }], exit: 10, faults: [] });
  });
});

describe('typing', () => {
  const input = (rig: TerminalRig, browser: FakeBrowser, epoch = 1): Promise<{ seq: number }> =>
    rig.service.input({ sessionId: rig.sessionId, epoch, seq: 1, data: new Uint8Array([13]) }, browser);

  it('is for those attached, in this life, while it lives and its host is there', async () => {
    const rig = new TerminalRig();
    const browser = rig.browser();
    await expect(input(rig, browser)).rejects.toMatchObject({ code: 'NOT_ATTACHED' });
    await rig.attach(browser);
    await expect(input(rig, browser, 2)).rejects.toMatchObject({ code: 'STALE_EPOCH' });
    expect(await input(rig, browser)).toEqual({ seq: 1 });
    rig.disconnect();
    await expect(input(rig, browser)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    rig.host.exit(exit);
    rig.connect();
    await rig.settle();
    await expect(input(rig, browser)).rejects.toMatchObject({ code: 'SESSION_NOT_RUNNING' });
  });

  it('R:D13 takes a paste of 10 MiB in pieces, all at once and in order, and no flood', async () => {
    const rig = new TerminalRig();
    const browser = await rig.watch();
    const paste = (seq: number): Promise<{ seq: number }> =>
      rig.service.input(
        { sessionId: rig.sessionId, epoch: 1, seq, data: new Uint8Array(inputChunkBytes) },
        browser,
      );
    await Promise.all(Array.from({ length: 160 }, (_, index) => paste(index + 1)));
    const seqs = rig.host.heard
      .filter(({ name }) => name === 'terminal.input')
      .map(({ payload }) => (payload as { seq: number }).seq);
    expect(seqs).toEqual(Array.from({ length: 160 }, (_, index) => index + 1));
    const more = await Promise.allSettled(Array.from({ length: 160 }, (_, index) => paste(161 + index)));
    expect(more.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'RATE_LIMITED' } });
  });

  it('moves control among the viewers of one user; another takes it explicitly', async () => {
    const rig = new TerminalRig();
    const one = await rig.watch('ada');
    const two = await rig.watch('ada');
    const other = await rig.watch('bob');
    expect([one, two, other].map(({ controller }) => controller?.you)).toEqual([true, false, false]);
    await input(rig, two);
    expect([one, two, other].map(({ controller }) => controller?.you)).toEqual([false, true, false]);
    await expect(input(rig, other)).rejects.toMatchObject({ code: 'NOT_CONTROLLER' });
    const size = { sessionId: rig.sessionId, cols: 100, rows: 30 };
    await expect(rig.service.resize(size, one)).rejects.toMatchObject({ code: 'NOT_CONTROLLER' });
    rig.service.control(rig.sessionId, other);
    expect([one, two, other].map(({ controller }) => controller?.you)).toEqual([false, false, true]);
    await rig.service.resize(size, other);
    await rig.settle();
    expect(one.names.filter((name) => name === 'session.resized')).toHaveLength(1);
  });

  it('is not for those who may only look', async () => {
    const rig = new TerminalRig();
    const guest = await rig.watch('eve', 'viewer');
    expect(guest.controller).toMatchObject({ viewer: null, you: false });
    await expect(input(rig, guest)).rejects.toMatchObject({ code: 'NOT_CONTROLLER' });
    expect(() => {
      rig.service.control(rig.sessionId, guest);
    }).toThrow('You may not do this');
  });

  it('keeps control over a reconnect, and gives nobody the viewer id of another user', async () => {
    const rig = new TerminalRig();
    const one = await rig.watch('ada');
    await rig.watch('bob');
    const again = rig.browser('ada');
    await rig.attach(again, { viewerId: one.viewerId });
    await rig.settle();
    expect(again.viewerId).toBe(one.viewerId);
    expect(again.controller?.you).toBe(true);
    const thief = rig.browser('eve');
    await rig.attach(thief, { viewerId: one.viewerId });
    await rig.settle();
    expect(thief.viewerId).not.toBe(one.viewerId);
    expect(thief.controller?.you).toBe(false);
  });

  it('numbers the input of each user apart, under the same viewer id', async () => {
    const rig = new TerminalRig();
    const viewerId = viewerIdSchema.parse('the-same-id');
    for (const user of ['ada', 'bob']) {
      const browser = rig.browser(user);
      await rig.attach(browser, { viewerId });
      await input(rig, browser);
      browser.close();
    }
    const clients = rig.host.heard
      .filter(({ name }) => name === 'terminal.input')
      .map(({ payload }) => (payload as { client: string }).client);
    expect(new Set(clients).size).toBe(2);
  });
});
