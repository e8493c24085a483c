// How long a key must wait after how many failures. Pure; the counting is the repository's.

export interface ThrottleRule {
  /** Failures within the window that are free. */
  readonly free: number;
  readonly windowMs: number;
  /** The wait after the last free one; doubled by each further failure. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** How long after a wait a further failure still counts as one more. */
  readonly memoryMs: number;
}

const minute = 60_000;
const common = {
  windowMs: 15 * minute,
  firstWaitMs: minute,
  longestWaitMs: 60 * minute,
  memoryMs: 24 * 60 * minute,
};

/** Twenty for an address: a family or an office may share one. */
export const throttleRules = {
  account: { ...common, free: 5 },
  address: { ...common, free: 20 },
} as const satisfies Record<string, ThrottleRule>;

export interface ThrottleState {
  readonly points: number;
  /** End of the window while there are free ones left, else of the wait. */
  readonly expiresAt: number;
}

/** The state after one more attempt, or null when it must wait. Attempts count before they are judged. */
export function attempt(state: ThrottleState | null, now: number, rule: ThrottleRule): ThrottleState | null {
  const points = pointsBefore(state, now, rule);
  if (points === null) return null;
  const next = points + 1;
  if (next < rule.free) {
    return {
      points: next,
      expiresAt: points === 0 ? now + rule.windowMs : (state?.expiresAt ?? now + rule.windowMs),
    };
  }
  const wait = Math.min(rule.firstWaitMs * 2 ** Math.min(next - rule.free, 20), rule.longestWaitMs);
  return { points: next, expiresAt: now + wait };
}

function pointsBefore(state: ThrottleState | null, now: number, rule: ThrottleRule): number | null {
  if (!state) return 0;
  if (state.points < rule.free) return now < state.expiresAt ? state.points : 0;
  if (now < state.expiresAt) return null;
  return now < state.expiresAt + rule.memoryMs ? state.points : 0;
}
