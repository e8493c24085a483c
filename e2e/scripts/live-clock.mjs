// A clock that runs with real time and can be pushed ahead: timers that fall due on the way fire at once.
import { ManualClock } from '@roundhouse/kit';

const stepMs = 5;

export function liveClock() {
  const clock = new ManualClock(Date.now());
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    clock.advance(now - last);
    last = now;
  }, stepMs);
  return clock;
}
