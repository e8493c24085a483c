// Everything that is remembered of one epoch's telemetry, as plain data, and the usage that follows from it.
import { usageSchema, type Usage } from '@roundhouse/protocol';
import { z } from 'zod';
import { windowOf } from './models.js';
import { seriesStateSchema, sumBuckets } from './series.js';
import { stampPattern } from './stamp.js';

const usageStateVersion = 1;

const countSchema = z.int().nonnegative();
const tokensSchema = usageSchema.shape.tokens;
/** When something was said: by time, then by the agent's own sequence. */
const momentSchema = z.object({ at: z.string().regex(stampPattern), sequence: z.number() });
type Moment = z.infer<typeof momentSchema>;

export const usageStateSchema = z.object({
  version: z.literal(usageStateVersion),
  /** Grows with each change of the usage; 0 before the first. */
  rev: countSchema,
  series: seriesStateSchema,
  events: z.object({
    /** Whether a request event carried its cost: from then on events count and counters do not. */
    priced: z.boolean(),
    requests: countSchema,
    tokens: tokensSchema,
    costNanos: countSchema,
    /** Identities of the latest request events, oldest first. */
    seen: z.array(z.string()),
  }),
  model: momentSchema.extend({ name: z.string(), fromEvent: z.boolean() }).nullable(),
  /** Whether a model runs with the wide window, as last said. */
  wide: z.record(z.string(), z.object({ wide: z.boolean(), at: z.string().regex(stampPattern) })),
  context: momentSchema.extend({ used: countSchema, model: z.string().nullable() }).nullable(),
});
export type UsageState = z.infer<typeof usageStateSchema>;

export const emptyUsageState = (rev = 0): UsageState => ({
  version: usageStateVersion,
  rev,
  series: {},
  events: {
    priced: false,
    requests: 0,
    tokens: { input: 0, output: 0, cacheRead: 0, cacheCreation: 0, reasoning: 0 },
    costNanos: 0,
    seen: [],
  },
  model: null,
  wide: {},
  context: null,
});

/** Absolute totals; null while nothing has been counted. */
export function usageOf(state: UsageState): Usage | null {
  if (state.rev === 0) return null;
  const { events, model, context } = state;
  const sums = sumBuckets(state.series);
  const modelInContext = context?.model ?? model?.name ?? null;
  return {
    rev: state.rev,
    ...(countsEvents(state, sums) ? eventTotals(state) : counterTotals(sums)),
    model: model?.name ?? null,
    context: context && { used: context.used, window: windowFor(state, modelInContext) },
    requests: events.requests,
    activeSeconds: sums.active === null ? null : sums.active / 1000,
  };
}

type Sums = ReturnType<typeof sumBuckets>;
type Totals = Pick<Usage, 'tokens' | 'costNanos' | 'costSource'>;

/** One source for all totals, never a mixture: events and counters describe the same requests. */
function countsEvents({ events }: UsageState, sums: Sums): boolean {
  if (events.priced) return true;
  const { active: _active, ...counted } = sums;
  return events.requests > 0 && Object.values(counted).every((sum) => sum === null);
}

const eventTotals = ({ events }: UsageState): Totals => ({
  tokens: events.tokens,
  costNanos: events.costNanos,
  costSource: events.priced ? 'reported' : 'none',
});

const counterTotals = ({ input, output, cacheRead, cacheCreation, cost }: Sums): Totals => ({
  tokens: {
    input: input ?? 0,
    output: output ?? 0,
    cacheRead: cacheRead ?? 0,
    cacheCreation: cacheCreation ?? 0,
    reasoning: 0,
  },
  costNanos: cost ?? 0,
  costSource: cost === null ? 'none' : 'reported',
});

const windowFor = (state: UsageState, model: string | null): number | null =>
  model === null
    ? null
    : windowOf(model, Object.hasOwn(state.wide, model) && state.wide[model]?.wide === true);

/** Whether `a` was said after `b`. */
export function isAfter(a: Moment, b: Moment | null): boolean {
  if (b === null || a.at > b.at) return true;
  return a.at === b.at && a.sequence > b.sequence;
}
