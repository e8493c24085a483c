// However many sizes come, few are applied, the first at once and the last always.
import { ManualClock } from '@roundhouse/kit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ResizePacer } from './resize-pacer.js';

function rig() {
  const clock = new ManualClock();
  const applied: { cols: number; at: number }[] = [];
  const pacer = new ResizePacer(clock, ({ cols }) => {
    applied.push({ cols, at: clock.monotonic() });
    return Promise.resolve();
  });
  return { clock, applied, pacer };
}

it('R:D18 200 sizes in a second: ten at most, the last one right', async () => {
  const { clock, applied, pacer } = rig();
  const done: Promise<void>[] = [];
  for (let n = 1; n <= 200; n += 1) {
    done.push(pacer.set({ cols: n, rows: 24 }));
    clock.advance(5);
  }
  expect(applied[0]).toEqual({ cols: 1, at: 0 });
  clock.advance(125);
  await Promise.all(done);
  expect(applied.length).toBeLessThanOrEqual(10);
  expect(applied.at(-1)?.cols).toBe(200);
});

it('applies the first at once and the last always, never two within 125 ms', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 30 }), (waits) => {
      const { clock, applied, pacer } = rig();
      waits.forEach((wait, cols) => {
        void pacer.set({ cols, rows: 24 });
        clock.advance(wait);
      });
      clock.advance(125);
      expect(applied[0]).toEqual({ cols: 0, at: 0 });
      expect(applied.at(-1)?.cols).toBe(waits.length - 1);
      applied.slice(1).forEach(({ at }, index) => {
        expect(at - (applied[index]?.at ?? 0)).toBeGreaterThanOrEqual(125);
      });
    }),
  );
});

it('refuses what waits when it is disposed of', async () => {
  const { clock, applied, pacer } = rig();
  await pacer.set({ cols: 1, rows: 24 });
  const waiting = [pacer.set({ cols: 2, rows: 24 }), pacer.set({ cols: 3, rows: 24 })];
  pacer.dispose();
  for (const each of waiting) await expect(each).rejects.toMatchObject({ code: 'KEEPER_UNREACHABLE' });
  clock.advance(1_000);
  expect(applied).toHaveLength(1);
});
