import { snapshotScrollbackLines, viewerWindowBytes } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { TerminalRig } from './testing/terminal-rig.js';
import type { FakeBrowser } from './testing/fake-browser.js';

const screen = { lag: 0, bytes: 20_000 };
const mega = 1024 * 1024;

const asked = (rig: TerminalRig): unknown[] =>
  rig.host.heard.filter(({ name }) => name === 'terminal.snapshot').map(({ payload }) => payload);

async function rest(rig: TerminalRig): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await rig.settle();
}

async function attached(
  rig: TerminalRig,
  place: Parameters<TerminalRig['attach']>[1] = {},
): Promise<FakeBrowser> {
  const browser = rig.browser();
  await rig.attach(browser, place);
  await rest(rig);
  return browser;
}

/** A session with this much output, whose host draws. */
function printed(bytes: number, drawing: TerminalRig['host']['drawing'] = screen): TerminalRig {
  const rig = new TerminalRig();
  rig.host.drawing = drawing;
  rig.host.write(bytes);
  return rig;
}

describe('attaching to long output', () => {
  it('shows the screen first and goes on at its very byte', async () => {
    const rig = printed(5 * mega);
    const browser = await attached(rig);
    expect(browser).toMatchObject({ screens: 1, received: 0, next: 5 * mega, faults: [] });
    expect(browser.names[0]).toBe('session.snapshot');
    rig.host.write(100);
    await rest(rig);
    expect(browser).toMatchObject({ received: 100, faults: [] });
    expect(asked(rig)).toEqual([{ sessionId: rig.sessionId, epoch: 1, scrollback: snapshotScrollbackLines }]);
  });

  it('never asks for a screen instead of 64 KiB', async () => {
    const rig = printed(64 * 1024);
    expect(await attached(rig, { prefer: 'screen' })).toMatchObject({ received: 64 * 1024, screens: 0 });
    expect(asked(rig)).toEqual([]);
  });

  it('gives every byte to whoever wants exactly those', async () => {
    const rig = printed(9 * mega);
    expect(await attached(rig, { prefer: 'exact' })).toMatchObject({ next: 9 * mega, received: 9 * mega });
    expect(await attached(rig, { prefer: 'exact', fromOffset: 7 })).toMatchObject({
      received: 9 * mega - 7,
      faults: [],
    });
    expect(asked(rig)).toEqual([]);
  });

  it('gives 8 MiB of bytes to whoever only says where they are, and a screen instead of more', async () => {
    const rig = printed(9 * mega);
    expect(await attached(rig, { fromOffset: mega })).toMatchObject({ received: 8 * mega, screens: 0 });
    expect(await attached(rig, { fromOffset: mega - 1 })).toMatchObject({ received: 0, screens: 1 });
  });

  it('gives bytes when the screen is not less', async () => {
    const rig = printed(100_000, { lag: 30_000, bytes: 80_000 });
    expect(await attached(rig)).toMatchObject({ received: 100_000, screens: 0, faults: [] });
  });

  it('goes on from a screen that lags', async () => {
    const rig = printed(5 * mega, { lag: mega, bytes: 20_000 });
    expect(await attached(rig)).toMatchObject({ screens: 1, received: mega, next: 5 * mega, faults: [] });
  });

  it('makes up for lost bytes with a screen, and declares the gap without one', async () => {
    const rig = printed(100_000);
    rig.host.trim(60_000);
    expect(await attached(rig)).toMatchObject({ screens: 1, gaps: [], next: 100_000 });
    const gap = { gaps: [{ from: 0, to: 60_000 }], screens: 0, next: 100_000, faults: [] };
    expect(await attached(rig, { prefer: 'exact' })).toMatchObject(gap);
    rig.host.drawing = null;
    rig.clock.advance(2_000);
    expect(await attached(rig)).toMatchObject(gap);
  });

  it('answers an old epoch with the screen of the new one, never with bytes of both (R:D11)', async () => {
    const rig = printed(500);
    rig.host.exit({ exitCode: 0, signal: null });
    rig.host.resume();
    rig.changed({ epoch: 2 });
    rig.host.write(mega);
    const browser = await attached(rig, { epoch: 1, fromOffset: 500 });
    expect(browser).toMatchObject({ epoch: 2, screens: 1, received: 0, next: mega, faults: [] });
  });

  it('lets a viewer come again at a byte that only its screen has reached', async () => {
    const rig = printed(mega);
    await attached(rig);
    const hub = rig.service.find(rig.sessionId)?.stream;
    rig.host.life.head += 10;
    rig.clock.advance(1_000);
    const browser = await attached(rig);
    expect([hub?.head, browser.next]).toEqual([mega, mega + 10]);
    expect((await attached(rig, { epoch: 1, fromOffset: browser.next })).faults).toEqual([]);
    await expect(attached(rig, { fromOffset: mega + 11 })).rejects.toMatchObject({ code: 'OFFSET_INVALID' });
  });
});

describe('asking the host for screens', () => {
  it('is done once for all who come together, and soon after', async () => {
    const rig = printed(2 * mega);
    await Promise.all([attached(rig), attached(rig), attached(rig)]);
    rig.host.write(60_000);
    await attached(rig);
    expect(asked(rig)).toHaveLength(1);
    rig.host.write(60_000);
    await attached(rig);
    expect(asked(rig)).toHaveLength(2);
    rig.clock.advance(1_000);
    await attached(rig);
    expect(asked(rig)).toHaveLength(3);
  });

  it('leaves a host alone that cannot, and its viewers get the bytes', async () => {
    const rig = printed(mega, null);
    for (let count = 0; count < 3; count += 1) {
      expect(await attached(rig)).toMatchObject({ received: mega, screens: 0, faults: [] });
    }
    expect(asked(rig)).toHaveLength(1);
    rig.host.drawing = screen;
    rig.clock.advance(1_000);
    expect(await attached(rig)).toMatchObject({ screens: 1 });
  });
});

describe('a viewer that falls behind', () => {
  const flood = viewerWindowBytes * 14;

  async function stalled(rig: TerminalRig, place: Parameters<TerminalRig['attach']>[1] = {}) {
    const browser = await attached(rig, place);
    browser.fast = false;
    rig.host.write(flood);
    await rest(rig);
    expect(browser.received).toBe(viewerWindowBytes);
    return browser;
  }

  it('is cut while it does not acknowledge, and gets one screen when it does', async () => {
    const rig = printed(0);
    const browser = await stalled(rig);
    const other = await attached(rig, { prefer: 'exact' });
    expect(other.received).toBe(flood);
    rig.clock.advance(500);
    browser.fast = true;
    browser.catchUp();
    await rest(rig);
    expect(browser).toMatchObject({ screens: 1, received: viewerWindowBytes, next: flood, faults: [] });
    rig.host.write(5);
    await rest(rig);
    expect([browser.next, other.next]).toEqual([flood + 5, flood + 5]);
  });

  it('goes on with bytes when it was only slow for a moment, or wants exactly those', async () => {
    const slow = printed(0);
    const moment = await stalled(slow);
    slow.clock.advance(499);
    moment.fast = true;
    moment.catchUp();
    const exact = printed(0);
    const reader = await stalled(exact, { prefer: 'exact' });
    exact.clock.advance(60_000);
    reader.fast = true;
    reader.catchUp();
    for (const rig of [slow, exact]) for (let turn = 0; turn < 8; turn += 1) await rest(rig);
    expect(moment).toMatchObject({ received: flood, screens: 0, faults: [] });
    expect(reader).toMatchObject({ received: flood, screens: 0, faults: [] });
  });

  it('goes on with bytes when the screen of the host is not ahead of it', async () => {
    const rig = printed(0, { lag: flood, bytes: 10 });
    const browser = await stalled(rig);
    rig.clock.advance(500);
    browser.fast = true;
    browser.catchUp();
    for (let turn = 0; turn < 8; turn += 1) await rest(rig);
    expect(browser).toMatchObject({ screens: 0, received: flood, faults: [] });
  });

  it('is given nothing more while it says nothing, not even screens', async () => {
    const rig = printed(2 * mega);
    const deaf = rig.browser();
    deaf.fast = false;
    await rig.attach(deaf, { prefer: 'screen' });
    for (let second = 0; second < 20; second += 1) {
      rig.host.write(3 * mega + 1);
      await rest(rig);
      rig.clock.advance(1_000);
    }
    expect(deaf).toMatchObject({ screens: 1, received: viewerWindowBytes, faults: [] });
    const dead = rig.browser();
    dead.fast = false;
    await rig.attach(dead, { prefer: 'screen', fromOffset: rig.host.life.head });
    for (let second = 0; second < 20; second += 1) {
      rig.host.write(viewerWindowBytes - 1);
      await rest(rig);
      rig.clock.advance(1_000);
    }
    expect(dead.received).toBeLessThanOrEqual(viewerWindowBytes);
    expect(dead.screens).toBe(0);
    dead.fast = true;
    dead.catchUp();
    await rest(rig);
    expect(dead).toMatchObject({ screens: 1, next: rig.host.life.head, faults: [] });
  });

  it('gets a screen for each second at most when its line is slow', async () => {
    const rig = printed(0);
    const browser = await attached(rig, { prefer: 'screen' });
    browser.fast = false;
    for (let second = 0; second < 20; second += 1) {
      rig.host.write(4 * mega);
      await rest(rig);
      browser.catchUp();
      await rest(rig);
      rig.clock.advance(250);
    }
    expect(browser.faults).toEqual([]);
    expect(browser.screens).toBeGreaterThan(2);
    expect(browser.screens).toBeLessThanOrEqual(6);
  });

  it('is not sent more than its transport takes', async () => {
    const rig = printed(0);
    const browser = await attached(rig);
    browser.buffered = mega + 1;
    rig.host.write(1_000);
    await rest(rig);
    expect(browser.received).toBe(0);
    browser.buffered = 0;
    rig.clock.advance(20);
    await rest(rig);
    expect(browser.received).toBe(1_000);
  });

  it('sees a screen after bytes that are gone for good', async () => {
    const rig = printed(1_000);
    const [viewer, reader] = [await attached(rig), await attached(rig, { prefer: 'exact' })];
    rig.disconnect();
    rig.host.write(2 * mega);
    rig.host.trim(mega);
    rig.connect();
    await rest(rig);
    const gaps = [{ from: 1_000, to: mega }];
    expect(viewer).toMatchObject({ gaps, screens: 1, next: 2 * mega + 1_000, faults: [] });
    expect(reader).toMatchObject({ gaps, screens: 0, next: 2 * mega + 1_000, faults: [] });
  });
});
