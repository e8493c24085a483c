// What an agent's telemetry means, from its profile: rules with compiled patterns, ready to be asked often.
import type { Profile, TelemetryRule, TelemetrySection } from '@roundhouse/profiles';
import type { Bucket } from './series.js';
import type { mainConversations } from './observation.js';
import { saidByEvent, textIn, type Said } from './said.js';
import type { StatementFields } from './statements.js';
import type { CountingHabits } from './tokens.js';

export interface MeaningRule {
  readonly is: TelemetryRule['is'];
  readonly fields: NonNullable<TelemetryRule['fields']>;
  readonly id: readonly string[];
  readonly orId: readonly string[];
  readonly main: RegExp | null;
  readonly subagent: RegExp | null;
  readonly ok: RegExp;
  readonly rejected: RegExp | null;
  readonly zeroCostUnknown: boolean;
  fits(said: Said): boolean;
}

export interface CounterMeaning {
  readonly bucket: Bucket;
  /** Factor to the integer unit of the bucket. */
  readonly scale: number;
}

/** Rules by the name of an event. */
type Rules = ReadonlyMap<string, readonly MeaningRule[]>;

export interface Meaning {
  readonly events: Rules;
  readonly spans: Rules;
  readonly protocol: Rules;
  readonly eventPrefix: string;
  readonly habits: CountingHabits;
  readonly among: (typeof mainConversations)[number] | null;
  /** Metrics or spans that show that the agent is at work. */
  readonly activityMetrics: ReadonlySet<string>;
  /** Whether the agent tells money, so that nothing is estimated from its counters. */
  readonly tellsCost: boolean;
  /** Attributes of points; of several the first that is there. The words of the general conventions come last. */
  readonly metricFields: Readonly<Record<'type' | 'model' | 'source' | 'agent', readonly string[]>>;
  counter(name: string, type: string, said: Said): CounterMeaning | null;
  /** Where a status line and a transcript keep what they say; null when the agent has none. */
  readonly statements: Readonly<Record<'status-line' | 'transcript', StatementFields | null>>;
  /** The agent's own file of a conversation, and which of its lines tell; null when it has none. */
  readonly transcript: { readonly files: string; fits(document: unknown): boolean } | null;
  /** Tokens that fit into a model's window; null when the profile does not say. */
  windowOf(model: string, marker: string | null): number | null;
}

const tokenTypes: ReadonlyMap<string, Bucket> = new Map<string, Bucket>([
  ['input', 'input'],
  ['output', 'output'],
  ['cacheRead', 'cacheRead'],
  ['cache_read', 'cacheRead'],
  ['cacheCreation', 'cacheCreation'],
  ['cache_creation', 'cacheCreation'],
  ['reasoning', 'reasoning'],
  ['tool_input', 'toolInput'],
]);

const counterBuckets = {
  requests: 'requests',
  errors: 'errors',
  lines_added: 'linesAdded',
  lines_removed: 'linesRemoved',
  commits: 'commits',
  pull_requests: 'pullRequests',
} as const;

const nanosPerDollar = 1e9;

/** Null for an agent of which nothing is known. */
export const meaningOfProfile = ({ telemetry, status_line: line }: ProfileParts): Meaning | null =>
  telemetry === undefined && line === undefined ? null : meaningOf(telemetry ?? {}, line?.fields);

type ProfileParts = Pick<Profile, 'telemetry' | 'status_line'>;

export function meaningOf(section: TelemetrySection, statusLine: StatementFields | null = null): Meaning {
  const { cost_metric: cost, runtime_metric: runtime, input_includes: cached = [] } = section;
  const excluded = new Set(section.excluded_metrics);
  const tokenMetrics = new Set(section.token_metrics);
  const counters = (section.counters ?? []).map(({ metric, is, where }) => ({
    metric,
    bucket: counterBuckets[is],
    fits: conditionOf(where),
  }));
  const windows = (section.context_windows ?? []).map((rule) => ({ ...rule, like: patternOf(rule.match) }));
  const spans = rulesOf(section.spans);
  return {
    events: rulesOf(section.events),
    spans,
    protocol: rulesOf(section.protocol),
    eventPrefix: section.event_prefix ?? '',
    habits: {
      inputIncludesCacheRead: cached.includes('cache_read'),
      inputIncludesCacheCreation: cached.includes('cache_creation'),
      outputIncludesReasoning: section.output_includes_reasoning ?? true,
    },
    among: section.main_conversation ?? null,
    activityMetrics: new Set(section.activity_metrics),
    tellsCost: cost !== undefined || [...spans.values()].flat().some(({ is }) => is === 'cost'),
    statements: { 'status-line': statusLine, transcript: section.transcript?.fields ?? null },
    transcript: transcriptOf(section.transcript),
    metricFields: metricFieldsOf(section.metric_fields),
    counter(name, type, said) {
      if (excluded.has(name)) return null;
      if (name === cost) return { bucket: 'cost', scale: nanosPerDollar };
      if (name === runtime?.name) {
        return { bucket: 'active', scale: runtime.unit === 'milliseconds' ? 1 : 1_000 };
      }
      if (tokenMetrics.has(name)) {
        const bucket = bucketOfType(section.token_types, type);
        return bucket === undefined ? null : { bucket, scale: 1 };
      }
      const counter = counters.find(({ metric, fits }) => metric === name && fits(said));
      return counter === undefined ? null : { bucket: counter.bucket, scale: 1 };
    },
    windowOf: (model, marker) =>
      windows.find(({ like, marker: wanted }) => (wanted ?? null) === marker && like?.test(model) === true)
        ?.tokens ?? null,
  };
}

const metricFieldsOf = (own: TelemetrySection['metric_fields'] = {}): Meaning['metricFields'] => ({
  type: [own.type ?? 'type', 'gen_ai.token.type'],
  model: [own.model ?? 'model', 'gen_ai.response.model', 'gen_ai.request.model'],
  source: own.source === undefined ? [] : [own.source],
  agent: own.agent === undefined ? [] : [own.agent],
});

export const noMeaning: Meaning = meaningOf({});

const kindBuckets: Readonly<
  Record<NonNullable<TelemetrySection['token_types']>[string], Bucket | undefined>
> = {
  input: 'input',
  output: 'output',
  cache_read: 'cacheRead',
  cache_creation: 'cacheCreation',
  reasoning: 'reasoning',
  tool_input: 'toolInput',
};

function bucketOfType(own: TelemetrySection['token_types'], type: string): Bucket | undefined {
  if (own !== undefined && Object.hasOwn(own, type)) {
    const kind = own[type];
    return kind === undefined ? undefined : kindBuckets[kind];
  }
  return tokenTypes.get(type);
}

function rulesOf(rules: readonly TelemetryRule[] = []): Rules {
  const byName = new Map<string, MeaningRule[]>();
  for (const rule of rules) {
    const compiled: MeaningRule = {
      is: rule.is,
      fields: rule.fields ?? {},
      id: rule.id ?? [],
      orId: rule.or_id ?? [],
      main: patternOf(rule.main),
      subagent: patternOf(rule.subagent),
      ok: patternOf(rule.ok) ?? /^true$/i,
      rejected: patternOf(rule.rejected),
      zeroCostUnknown: rule.zero_cost_unknown ?? false,
      fits: conditionOf(rule.where),
    };
    for (const name of rule.event) byName.set(name, [...(byName.get(name) ?? []), compiled]);
  }
  return byName;
}

function transcriptOf(section: TelemetrySection['transcript']): Meaning['transcript'] {
  if (section === undefined) return null;
  const fits = conditionOf(section.where);
  return { files: section.files, fits: (document) => fits(saidByEvent('', document, 0)) };
}

/** Every attribute is there and matches. */
function conditionOf(where: Readonly<Record<string, string>> = {}): (said: Said) => boolean {
  const conditions = Object.entries(where).map(([name, source]) => ({ name, like: patternOf(source) }));
  return (said) =>
    conditions.every(({ name, like }) => {
      const text = textIn(said, name);
      return text !== null && like?.test(text) === true;
    });
}

/** Null when there is none; one that does not compile was reported with the profile, and never matches. */
function patternOf(source: string | undefined): RegExp | null {
  if (source === undefined) return null;
  try {
    return new RegExp(source);
  } catch {
    return /(?!)/;
  }
}
