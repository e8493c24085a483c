// When a daemon connects again, and when it gives up.
import { errorCodes } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { afterFailure, conflictLimitMs, conflictRetryMs } from './reconnect-policy.js';

const failure = { code: null, attempt: 1, conflictForMs: 0, random: 0.5 } as const;

describe('after a failure', () => {
  it('waits from 0.2 s up to 5 s, jittered', () => {
    const waits = [1, 2, 3, 4, 5, 6, 20].map((attempt) =>
      afterFailure({ ...failure, attempt, random: 0.999_999 }),
    );
    expect(waits.map((wait) => wait.kind === 'retry' && wait.afterMs)).toEqual([
      200, 400, 800, 1600, 3200, 5000, 5000,
    ]);
    expect(afterFailure({ ...failure, attempt: 6, random: 0 })).toEqual({ kind: 'retry', afterMs: 1000 });
  });

  it('R:C9 asks again every 30 s while another daemon has the host, for four minutes', () => {
    const conflict = { ...failure, code: 'HOST_CONFLICT' } as const;
    expect(afterFailure(conflict)).toEqual({ kind: 'retry', afterMs: conflictRetryMs });
    expect(afterFailure({ ...conflict, conflictForMs: conflictLimitMs - 1 }).kind).toBe('retry');
    expect(afterFailure({ ...conflict, conflictForMs: conflictLimitMs })).toEqual({ kind: 'stop' });
  });

  it('gives up only where a person has to act', () => {
    const final = errorCodes.filter((code) => afterFailure({ ...failure, code }).kind === 'stop');
    expect(final.sort()).toEqual([
      'HOST_KEY_INVALID',
      'HOST_REVOKED',
      'HUB_KEY_INVALID',
      'PROTOCOL_MISMATCH',
    ]);
  });
});
