// Waiting times between attempts: exponential with full jitter, so that a crowd does not return at once.

export interface BackoffOptions {
  /** First ceiling in milliseconds. */
  readonly minMs: number;
  readonly maxMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Milliseconds to wait before attempt `attempt` (from 1): at least a fifth of the ceiling, never zero. */
export function backoffMs(attempt: number, { minMs, maxMs, random }: BackoffOptions): number {
  const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(ceiling * (0.2 + 0.8 * random()));
}
