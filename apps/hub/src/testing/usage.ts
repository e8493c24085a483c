// Reports of usage for specs, of which a spec says only what matters to it.
import { durationBuckets, noTokens, type SessionId, type UsageMinute } from '@roundhouse/protocol';

interface MinuteChange {
  readonly input?: number;
  readonly model?: string | null;
  readonly calls?: number;
  readonly failed?: number;
  readonly workingMs?: number;
  readonly waitingMs?: number;
}

/** A minute of one model and one tool; each token costs 1,000 nano-dollars, each call took 4 to 8 ms. */
export function minuteWith(minute: string, rev: number, change: MinuteChange = {}): UsageMinute {
  const { input = 0, model = 'opus', calls = 0, failed = 0, workingMs = 0, waitingMs = 0 } = change;
  const histogram = Array.from({ length: durationBuckets }, (_, index) => (index === 3 ? calls : 0));
  return {
    ...{ minute, rev, workingMs, waitingMs, idleMs: 0 },
    models: [
      {
        ...{ model, agent: null, role: 'main', tokens: { ...noTokens, input }, costNanos: input * 1_000 },
        ...{ estimatedNanos: 0, unpricedTokens: 0, requests: 1, errors: 0, retries: 0 },
      },
    ],
    tools:
      calls === 0 ? [] : [{ tool: 'Bash', calls, failed, rejected: 0, durationMs: calls * 5, histogram }],
    ...{ linesAdded: 0, linesRemoved: 0, commits: 0, pullRequests: 0, prompts: 0 },
  };
}

interface TotalChange {
  readonly rev: number;
  readonly input: number;
  readonly model?: string | null;
}

/** The totals of epoch 1; without `minutes` as of a daemon that does not count them. */
export const usageFact = (sessionId: SessionId, total: TotalChange, minutes?: readonly UsageMinute[]) => ({
  ...{ kind: 'session.usage', sessionId, epoch: 1 },
  usage: {
    ...{ rev: total.rev, tokens: { ...noTokens, input: total.input }, costNanos: total.input * 1_000 },
    ...{ costSource: 'reported', model: total.model ?? 'opus', context: null, requests: 1 },
    activeSeconds: null,
  },
  ...(minutes ? { minutes } : {}),
});
