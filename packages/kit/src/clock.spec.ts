import { describe, expect, it } from 'vitest';
import { ManualClock } from './clock.js';

describe('a clock that a spec moves', () => {
  it('fires timers in the order of their time, then of their making, each at its own moment', () => {
    const clock = new ManualClock(1_000);
    const fired: string[] = [];
    const note = (name: string) => (): void => {
      fired.push(`${name}@${String(clock.monotonic())}/${String(clock.now())}`);
    };
    clock.after(30, note('late'));
    clock.after(10, note('first'));
    clock.after(10, note('second'));
    clock.advance(29);
    expect(fired).toEqual(['first@10/1010', 'second@10/1010']);
    clock.advance(1);
    expect(fired.at(-1)).toBe('late@30/1030');
  });

  it('fires what a callback adds, if it falls due on the way, and nothing that was cancelled', () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    const cancel = clock.after(20, () => fired.push('cancelled'));
    clock.after(10, () => {
      cancel();
      clock.after(5, () => fired.push('added'));
      clock.after(500, () => fired.push('much later'));
    });
    clock.advance(100);
    expect(fired).toEqual(['added']);
  });

  it('repeats until cancelled', () => {
    const clock = new ManualClock();
    let times = 0;
    const cancel = clock.every(10, () => {
      times += 1;
      if (times === 3) cancel();
    });
    clock.advance(1_000);
    expect(times).toBe(3);
  });

  it('jumps in wall time without a timer noticing', () => {
    const clock = new ManualClock(0);
    let fired = false;
    clock.after(10, () => {
      fired = true;
    });
    clock.jump(3_600_000);
    expect([clock.now(), clock.monotonic(), fired]).toEqual([3_600_000, 0, false]);
  });
});
