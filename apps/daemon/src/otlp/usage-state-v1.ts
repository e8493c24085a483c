// States of daemons before prices and minutes, so that a session that is running at an update keeps its totals.
import { countSchema, tokensSchema } from '@roundhouse/protocol';
import { z } from 'zod';
import { momentSchema } from './observation.js';
import { seriesStateSchema } from './series.js';
import { stampPattern } from './stamp.js';
import { emptyUsageState, type UsageState } from './usage-state.js';

const schema = z.object({
  version: z.literal(1),
  rev: countSchema,
  series: seriesStateSchema,
  events: z.object({
    priced: z.boolean(),
    requests: countSchema,
    tokens: tokensSchema,
    costNanos: countSchema,
    seen: z.array(z.string()),
  }),
  model: momentSchema.extend({ name: z.string(), fromEvent: z.boolean() }).nullable(),
  wide: z.record(z.string(), z.object({ wide: z.boolean(), at: z.string().regex(stampPattern) })),
  context: momentSchema.extend({ used: countSchema, model: z.string().nullable() }).nullable(),
});

/** What was counted before has no minutes; null when it is not such a state. */
export function fromVersion1(value: unknown): UsageState | null {
  const parsed = schema.safeParse(value);
  if (!parsed.success) return null;
  const { rev, series, events, model, wide, context } = parsed.data;
  const state = emptyUsageState(0, rev);
  return {
    ...state,
    series,
    told: {
      ...state.told,
      requests: events.requests,
      reported: events.priced ? events.requests : 0,
      tokens: events.tokens,
      costNanos: events.costNanos,
    },
    seen: new Set(events.seen),
    model,
    markers: Object.fromEntries(
      Object.entries(wide).map(([name, said]) => [name, { marker: said.wide ? '1m' : null, at: said.at }]),
    ),
    context: context && { ...context, source: 'request', window: null },
  };
}
