// While somebody types the screens take 2 MB/s together, and what they like otherwise.
import { ManualClock } from '@roundhouse/kit';
import { describe, expect, it } from 'vitest';
import { DrawPace } from './draw-pace.js';

const frame = 64 * 1024;

function rig() {
  const clock = new ManualClock();
  const keys = new Int32Array(new SharedArrayBuffer(4));
  return { clock, keys, pace: new DrawPace(keys, clock) };
}

describe('the pace of drawing', () => {
  it('is free while nobody types', () => {
    const { pace } = rig();
    expect(Array.from({ length: 100 }, () => pace.waitMs(frame)).every((ms) => ms === 0)).toBe(true);
  });

  it('is 2 MB/s after a burst while somebody types, and free again a second after the last key', () => {
    const { clock, keys, pace } = rig();
    Atomics.add(keys, 0, 1);
    expect([pace.waitMs(frame), pace.waitMs(frame)]).toEqual([0, 0]);
    let waited = 0;
    for (let taken = 0; taken < 1_024 * 1_024; taken += frame) {
      const ms = pace.waitMs(frame);
      waited += ms;
      clock.advance(ms);
    }
    expect(waited).toBeCloseTo(512, 5);
    clock.advance(1_000);
    expect(pace.waitMs(100 * frame)).toBe(0);
  });

  it('lets a program redraw its screen at once', () => {
    const { clock, keys, pace } = rig();
    for (let redraw = 0; redraw < 20; redraw += 1) {
      Atomics.add(keys, 0, 1);
      expect(pace.waitMs(20_000)).toBe(0);
      clock.advance(100);
    }
  });
});
