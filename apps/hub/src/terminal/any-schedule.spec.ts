import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TerminalRig } from './testing/terminal-rig.js';
import type { FakeBrowser } from './testing/fake-browser.js';

const exit = { exitCode: 0, signal: null };
const ended = { state: 'exited', exitCode: 0 } as const;

describe('any schedule of one session', () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('write'), n: fc.constantFrom(1, 3, 900, 70_000, 300_000) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('resize'), n: fc.integer({ min: 20, max: 200 }) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('settle', 'ack', 'tick'), n: fc.constant(0) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('attach', 'again'), n: fc.nat(2) }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constantFrom('slow', 'fail', 'trim', 'drop', 'link'), n: fc.nat(3) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('exit', 'resume', 'lose'), n: fc.nat(500) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('draw', 'clog'), n: fc.nat(7) }) },
  );

  async function play(rig: TerminalRig, { do: what, n }: { do: string; n: number }): Promise<void> {
    const { host } = rig;
    const one = rig.browsers.length > 0 ? rig.browsers[n % rig.browsers.length] : undefined;
    const acts: Record<string, () => void | Promise<void>> = {
      write: () => {
        host.write(n);
      },
      resize: () => {
        host.resize(n, 24);
      },
      settle: () => rig.settle(),
      ack: () => {
        for (const browser of rig.browsers) if (!browser.closed) browser.catchUp();
      },
      tick: () => {
        rig.clock.advance(1_000);
      },
      attach: () => {
        const prefer = (['exact', 'screen', undefined] as const)[n];
        return rig.attach(rig.browser(), prefer ? { prefer } : {}).catch(() => undefined);
      },
      draw: () => {
        const lag = [0, 0, 5, 200_000][n % 4] ?? 0;
        host.drawing = n === 7 ? null : { lag, bytes: 1 + n * 20_000, oldSize: n % 2 === 0 };
      },
      clog: () => {
        if (one) one.buffered = n < 4 ? 0 : 2_000_000;
      },
      again: () => (one ? comeAgain(rig, one) : undefined),
      slow: () => {
        if (one) one.fast = !one.fast;
      },
      fail: () => {
        host.failures += n;
      },
      trim: () => {
        host.trim(Math.floor((host.life.head * n) / 4));
      },
      drop: () => {
        rig.disconnect();
      },
      link: () => {
        rig.connect();
      },
      exit: () => {
        host.exit(exit);
        rig.changed(ended);
      },
      resume: () => {
        if (!host.life.exit) return;
        host.resume();
        rig.changed({ state: 'running', epoch: host.life.epoch, exitCode: null });
      },
      // Only a keeper that dies loses bytes, and only with the link broken does nobody see it at once.
      // What dies prints nothing more before that is noticed.
      lose: async () => {
        if (host.life.exit) return;
        rig.disconnect();
        host.lose(n);
        host.failures = 0;
        rig.connect();
        await rig.settle();
      },
    };
    await acts[what]?.();
  }

  /** The page lost its socket and attaches with what it has. */
  async function comeAgain(rig: TerminalRig, old: FakeBrowser): Promise<void> {
    if (old.closed) return;
    old.close();
    const next = rig.browser();
    const { viewerId, epoch, next: fromOffset, exact } = old;
    const prefer = exact ? { prefer: 'exact' as const } : {};
    await rig.attach(next, { viewerId, epoch, fromOffset, ...prefer }).catch(() => undefined);
  }

  async function comeToRest(rig: TerminalRig): Promise<void> {
    rig.host.failures = 0;
    rig.connect();
    for (const browser of rig.browsers) Object.assign(browser, { fast: true, buffered: 0 });
    for (let turn = 0; turn < 12; turn += 1) {
      for (const browser of rig.browsers) if (!browser.closed) browser.catchUp();
      await rig.settle();
      rig.clock.advance(1_000);
    }
  }

  it('gives each viewer every byte once and in order, or a declared gap; sizes in place; the exit last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const rig = new TerminalRig();
        await rig.attach(rig.browser());
        for (const each of steps) await play(rig, each);
        await comeToRest(rig);
        const { life } = rig.host;
        for (const browser of rig.browsers) {
          expect(browser.faults).toEqual([]);
          if (browser.closed) continue;
          expect({ epoch: browser.epoch, next: browser.next }).toEqual({
            epoch: life.epoch,
            next: rig.service.find(rig.sessionId)?.stream.head,
          });
          expect(browser.next).toBeGreaterThanOrEqual(life.head);
          expect(browser.exit !== null).toBe(life.exit !== null);
        }
        rig.service.onModuleDestroy();
      }),
      { numRuns: 600 },
    );
  }, 60_000);
});
