// What to do after a connection was refused or broke. Pure.
import type { ErrorCode } from '@roundhouse/protocol';
import { backoffMs } from '@roundhouse/kit';

/** Attempts back off to this, so that a hub that returns sees its hosts within seconds. */
const reconnect = { minMs: 200, maxMs: 5_000 };
/** Another daemon with our key: asked again this often, for this long. */
export const conflictRetryMs = 30_000;
export const conflictLimitMs = 4 * 60_000;

/** Answers after which another attempt is useless until a person acts. */
const final: readonly ErrorCode[] = [
  'HOST_REVOKED',
  'HUB_KEY_INVALID',
  'HOST_KEY_INVALID',
  'PROTOCOL_MISMATCH',
];

export interface Failure {
  /** Null when the link simply broke. */
  readonly code: ErrorCode | null;
  /** Attempts since the last success, this one included. */
  readonly attempt: number;
  /** How long conflicts have been answered, in milliseconds. */
  readonly conflictForMs: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

export type Decision = { readonly kind: 'retry'; readonly afterMs: number } | { readonly kind: 'stop' };

export function afterFailure({ code, attempt, conflictForMs, random }: Failure): Decision {
  if (code !== null && final.includes(code)) return { kind: 'stop' };
  if (code === 'HOST_CONFLICT') {
    return conflictForMs >= conflictLimitMs ? { kind: 'stop' } : { kind: 'retry', afterMs: conflictRetryMs };
  }
  return { kind: 'retry', afterMs: backoffMs(attempt, { ...reconnect, random: () => random }) };
}
