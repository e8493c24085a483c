// Waits until a screen has drawn something; looked at again after each piece.
import type { Clock } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import type { Screen } from './screen.js';

const lookMs = 5;

/** @throws AppError TIMEOUT */
export function waitUntilDrawn(
  screen: Screen,
  there: () => boolean,
  { clock, ms }: { readonly clock: Clock; readonly ms: number },
): Promise<void> {
  if (there()) return Promise.resolve();
  const until = clock.monotonic() + ms;
  return new Promise((resolve, reject) => {
    const stop = clock.every(lookMs, () => {
      if (there()) {
        stop();
        resolve();
      } else if (clock.monotonic() >= until) {
        stop();
        reject(new AppError('TIMEOUT', { message: `The screen has drawn up to ${String(screen.offset)}` }));
      }
    });
  });
}
