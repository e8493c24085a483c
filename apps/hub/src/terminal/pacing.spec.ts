// How far ahead of its viewers a stream runs.
import { describe, expect, it } from 'vitest';
import { linkWindowBytes, viewerWindowBytes } from '@roundhouse/protocol';
import type { FakeBrowser } from './testing/fake-browser.js';
import { TerminalRig } from './testing/terminal-rig.js';

const flood = 8 * 1024 * 1024;

const readsOf = (rig: TerminalRig): number =>
  rig.host.heard.filter(({ name }) => name === 'terminal.read').length;

async function watch(rig: TerminalRig, prefer: 'exact' | 'screen', user = 'ada'): Promise<FakeBrowser> {
  const browser = rig.browser(user);
  await rig.attach(browser, { prefer });
  await rig.settle();
  return browser;
}

describe('pacing', () => {
  it('brings a flood over the link once: the host waits for a viewer that reads more slowly', async () => {
    const rig = new TerminalRig();
    const browser = await watch(rig, 'exact');
    browser.fast = false;
    rig.host.write(flood);
    while (browser.next < flood) {
      await rig.settle();
      rig.clock.advance(50);
      browser.catchUp();
    }
    expect(browser.received).toBe(flood);
    expect(readsOf(rig)).toBe(0);
    expect(browser.faults).toEqual([]);
  });

  it('waits for the foremost viewer only', async () => {
    const rig = new TerminalRig();
    const [quick, slow] = [await watch(rig, 'exact'), await watch(rig, 'exact', 'grace')];
    slow.fast = false;
    rig.host.write(flood);
    for (let turn = 0; turn < 200 && quick.next < flood; turn += 1) await rig.settle();
    expect(quick.received).toBe(flood);
    expect(slow.received).toBe(viewerWindowBytes);
  });

  it('runs on for one that a screen brings to the head', async () => {
    const rig = new TerminalRig();
    const [exact, screen] = [await watch(rig, 'exact'), await watch(rig, 'screen', 'grace')];
    exact.fast = screen.fast = false;
    rig.host.write(flood);
    for (let turn = 0; turn < 40; turn += 1) await rig.settle();
    expect(rig.service.find(rig.sessionId)?.stream.head).toBe(flood);
  });

  it('goes on without a viewer that does not move', async () => {
    const rig = new TerminalRig();
    const browser = await watch(rig, 'exact');
    browser.fast = false;
    rig.host.write(flood);
    await rig.settle();
    const head = (): number => rig.service.find(rig.sessionId)?.stream.head ?? 0;
    expect(head()).toBeLessThanOrEqual(viewerWindowBytes + linkWindowBytes);
    for (let turn = 0; turn < 200; turn += 1) {
      rig.clock.advance(50);
      await rig.settle();
    }
    expect(head()).toBe(flood);
    expect(browser.received).toBe(viewerWindowBytes);
    browser.fast = true;
    browser.catchUp();
    for (let turn = 0; turn < 400 && browser.next < flood; turn += 1) await rig.settle();
    expect(browser.received).toBe(flood);
    expect(browser.faults).toEqual([]);
  });
});
