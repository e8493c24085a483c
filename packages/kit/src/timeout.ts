// Bounded waits. Every await on something outside goes through one of these.
import { AppError } from '@roundhouse/protocol';
import type { Clock } from './clock.js';

export interface WaitOptions {
  readonly ms: number;
  /** What is waited for, for the message. */
  readonly what: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/**
 * The promise, or TIMEOUT after `ms`, or the reason of the signal.
 * The promise itself is not cancelled: pass the signal to what makes it, too.
 */
export function within<T>(promise: Promise<T>, options: WaitOptions): Promise<T> {
  const { ms, what, clock, signal } = options;
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(ms, () => {
      finish(() => {
        reject(new AppError('TIMEOUT', { message: `${what}: no answer within ${String(ms)} ms` }));
      });
    });
    const onAbort = (): void => {
      finish(() => {
        reject(abortReason(signal));
      });
    };
    const finish = (settle: () => void): void => {
      cancel();
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    // Also when the signal has aborted already: nobody else may hear that the promise fails.
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    promise.then(
      (value) => {
        finish(() => {
          resolve(value);
        });
      },
      (error: unknown) => {
        finish(() => {
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      },
    );
  });
}

/** Resolves after `ms`; rejects with the reason of the signal when that comes first. */
export function delay(ms: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortReason(signal));
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(abortReason(signal));
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('Aborted');
}
