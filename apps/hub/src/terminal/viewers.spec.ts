import { describe, expect, it } from 'vitest';
import type { FakeBrowser } from './testing/fake-browser.js';
import { TerminalRig } from './testing/terminal-rig.js';

const type = (rig: TerminalRig, browser: FakeBrowser): Promise<unknown> =>
  rig.service.input({ sessionId: rig.sessionId, epoch: 1, seq: 1, data: new Uint8Array([13]) }, browser);
const resize = (rig: TerminalRig, browser: FakeBrowser, cols: number): Promise<void> =>
  rig.service.resize({ sessionId: rig.sessionId, cols, rows: 24 }, browser);
const sizes = (rig: TerminalRig): unknown[] =>
  rig.host.heard
    .filter(({ name }) => name === 'terminal.resize')
    .map(({ payload }) => (payload as { cols: number }).cols);
const inControl = (...browsers: FakeBrowser[]): (boolean | undefined)[] =>
  browsers.map(({ controller }) => controller?.you);

describe('the controller that leaves', () => {
  it('hands over to the viewer of the same user that was active last', async () => {
    const rig = new TerminalRig();
    const [first, second, third] = [await rig.watch('ada'), await rig.watch('ada'), await rig.watch('ada')];
    const other = await rig.watch('bob');
    await type(rig, third);
    await type(rig, second);
    await type(rig, first);
    first.close();
    expect(inControl(second, third, other)).toEqual([true, false, false]);
    second.close();
    expect(inControl(third, other)).toEqual([true, false]);
  });

  it('leaves it to nobody of another user, until somebody types', async () => {
    const rig = new TerminalRig();
    const [owner, other] = [await rig.watch('ada'), await rig.watch('bob')];
    const guest = await rig.watch('ada', 'viewer');
    owner.close();
    expect(other.controller).toMatchObject({ viewer: null, you: false });
    await expect(resize(rig, other, 100)).rejects.toMatchObject({ code: 'NOT_CONTROLLER' });
    await type(rig, other);
    expect(inControl(other, guest)).toEqual([true, false]);
    expect(guest.controller?.viewer).toMatchObject({ user: 'bob' });
  });
});

describe('the size', () => {
  it('R:D17 is the controller’s: attaching has none, and what others ask changes nothing', async () => {
    const rig = new TerminalRig();
    const [owner, other] = [await rig.watch('ada'), await rig.watch('bob')];
    expect(sizes(rig)).toEqual([]);
    await resize(rig, owner, 120);
    await expect(resize(rig, other, 40)).rejects.toMatchObject({ code: 'NOT_CONTROLLER' });
    await rig.settle();
    expect(sizes(rig)).toEqual([120]);
    expect(inControl(owner, other)).toEqual([true, false]);
    expect(other.names).toContain('session.resized');
  });

  it('R:D18 reaches the host ten times a second at most, the last one always', async () => {
    const rig = new TerminalRig();
    const owner = await rig.watch();
    const answers: Promise<void>[] = [];
    for (let cols = 20; cols < 220; cols += 1) {
      answers.push(resize(rig, owner, cols));
      rig.clock.advance(5);
    }
    await rig.settle();
    expect(sizes(rig).length).toBeLessThanOrEqual(10);
    rig.clock.advance(125);
    await Promise.all(answers);
    expect(sizes(rig).at(-1)).toBe(219);
  });

  it('is refused at once while the link is down, and that of an ended session is of no consequence', async () => {
    const rig = new TerminalRig();
    const owner = await rig.watch();
    rig.disconnect();
    await expect(resize(rig, owner, 100)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    rig.connect();
    await resize(rig, owner, 100);
    rig.host.exit({ exitCode: 0, signal: null });
    await rig.settle();
    rig.clock.advance(1_000);
    await resize(rig, owner, 90);
    expect(sizes(rig)).toEqual([100]);
  });
});

describe('who is here', () => {
  it('is told to all by name, as they come and go', async () => {
    const rig = new TerminalRig();
    const ada = await rig.watch('ada');
    const bob = await rig.watch('bob');
    const here = ada.viewers;
    expect(here).toEqual([
      { id: ada.viewerId, user: 'ada', controller: true },
      { id: bob.viewerId, user: 'bob', controller: false },
    ]);
    expect(bob.viewers).toEqual(here);
    bob.close();
    expect(ada.viewers).toEqual([{ id: ada.viewerId, user: 'ada', controller: true }]);
  });
});
