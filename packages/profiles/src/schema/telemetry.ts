// Fields that say what an agent's telemetry means: which counter, event or line of a transcript tells what.
import { z } from 'zod';
import { flag, listOf, plainText } from '../rules.js';
import { jsonPath, mapOf, oneOf, oneOrMore, pattern, section } from './section.js';

const metricName = plainText('the name of a metric', 200);
const attribute = plainText('the name of an attribute', 200);
const eventName = plainText('the name of an event', 200);

const telemetryMeanings = [
  'request',
  'error',
  'retry',
  'tool',
  'prompt',
  'compaction',
  'subagent',
  'conversation',
  'cost',
] as const;

const tokenKinds = ['input', 'output', 'cache_read', 'cache_creation', 'reasoning', 'tool_input'] as const;
const cachedKinds = ['cache_read', 'cache_creation'] as const;

const counterMeanings = [
  'requests',
  'errors',
  'lines_added',
  'lines_removed',
  'commits',
  'pull_requests',
] as const;

/** Where an event keeps what it tells: attributes of a log record or span, paths into a JSON document. */
const eventFields = section({
  input: attribute.optional(),
  output: attribute.optional(),
  cache_read: attribute.optional(),
  cache_creation: attribute.optional(),
  reasoning: attribute.optional(),
  /** Tokens of tool results that are sent beside `input`. */
  tool_input: attribute.optional(),
  cost_usd: attribute.optional(),
  /** Millionths of a dollar; read when `cost_usd` is not there. */
  cost_micros: attribute.optional(),
  model: attribute.optional(),
  /** What made the request; see `main` and `subagent`. */
  source: attribute.optional(),
  agent: attribute.optional(),
  prompt: attribute.optional(),
  conversation: attribute.optional(),
  parent: attribute.optional(),
  sequence: attribute.optional(),
  /** How many attempts a failed request had, the first one counted. */
  attempts: attribute.optional(),
  tool: attribute.optional(),
  success: attribute.optional(),
  decision: attribute.optional(),
  duration_ms: attribute.optional(),
  /** Milliseconds since 1970, for what tells no duration. */
  started: attribute.optional(),
  ended: attribute.optional(),
  characters: attribute.optional(),
  /** Tokens in the window after a compaction. */
  used: attribute.optional(),
  window: attribute.optional(),
});

const eventRule = section({
  event: oneOrMore(eventName, 'the name of an event'),
  is: z.enum(telemetryMeanings, oneOf(telemetryMeanings)),
  where: mapOf(attribute, pattern, 'attribute: regular expression').optional(),
  /** What names the event when it is sent again: these, else those, else everything it says. */
  id: listOf(attribute).optional(),
  or_id: listOf(attribute).optional(),
  fields: eventFields.optional(),
  /** On `source`: requests of the conversation itself. Without a source every request is. */
  main: pattern.optional(),
  /** On `source`: requests of a subagent, when `agent` does not say so. */
  subagent: pattern.optional(),
  /** On `success`, for a tool that did its work. */
  ok: pattern.optional(),
  /** On `decision`, for a tool that was not allowed to run. */
  rejected: pattern.optional(),
  /** A cost of 0 for tokens means that the agent knows no price. */
  zero_cost_unknown: flag.optional(),
});
export type TelemetryRule = z.output<typeof eventRule>;

/** Lines of a file that the agent writes, which tell how full its context is. */
const transcriptSchema = section({
  /** One "*" for a part of a path; `{conversation}` is the id that was learnt. */
  files: plainText('a path').refine((path) => !path.includes('**'), {
    error: 'must not contain "**"; write one "*" for each directory',
  }),
  where: mapOf(jsonPath, pattern, 'path: regular expression').optional(),
  fields: section({
    model: jsonPath.optional(),
    context_used: oneOrMore(jsonPath, 'a path').optional(),
    context_window: jsonPath.optional(),
    limits: listOf(
      section({ name: plainText('a name', 60), used_percent: jsonPath, resets_at: jsonPath.optional() }),
    ).optional(),
  }),
});

const telemetrySchema = section({
  /** false: the agent is given no endpoint. */
  otlp: flag.optional(),
  token_metrics: listOf(metricName).optional(),
  /** What the values of a token counter's `type` mean, besides input, output, cacheRead, cacheCreation. */
  token_types: mapOf(
    plainText('a type', 60),
    z.enum(tokenKinds, oneOf(tokenKinds)),
    'type: kind of token',
  ).optional(),
  /** Attributes of counters. A source is main, subagent or auxiliary; without one it is main. */
  metric_fields: section({
    type: attribute.optional(),
    model: attribute.optional(),
    source: attribute.optional(),
    agent: attribute.optional(),
  }).optional(),
  /** Kinds that the agent counts once more in its input. */
  input_includes: listOf(z.enum(cachedKinds, oneOf(cachedKinds))).optional(),
  /** false: the agent counts reasoning beside its output. */
  output_includes_reasoning: flag.optional(),
  cost_metric: metricName.optional(),
  activity_metrics: listOf(metricName).optional(),
  runtime_metric: section({
    name: metricName,
    unit: z.enum(['seconds', 'milliseconds'], oneOf(['seconds', 'milliseconds'])).optional(),
  }).optional(),
  excluded_metrics: listOf(metricName).optional(),
  counters: listOf(
    section({
      metric: metricName,
      is: z.enum(counterMeanings, oneOf(counterMeanings)),
      where: mapOf(attribute, pattern, 'attribute: regular expression').optional(),
    }),
  ).optional(),
  /** Put before the short name of an event. */
  event_prefix: plainText('the begin of a name', 60).optional(),
  /** Log records. For each meaning the first rule that fits counts. */
  events: listOf(eventRule).optional(),
  /** Spans, by their names. */
  spans: listOf(eventRule).optional(),
  /** What the agent's plugin hands over. */
  protocol: listOf(eventRule).optional(),
  /** How the conversation itself is told from helpers that have an id of their own. */
  main_conversation: z.enum(['lowest', 'parentless'], oneOf(['lowest', 'parentless'])).optional(),
  /** The first that matches a model's name; `marker` is what stood in brackets behind the name. */
  context_windows: listOf(
    section({
      match: pattern,
      marker: plainText('a marker', 20).optional(),
      tokens: z.int({ error: 'must be a whole number' }).min(1, { error: 'must be at least 1' }),
    }),
  ).optional(),
  transcript: transcriptSchema.optional(),
});
export type TelemetrySection = z.output<typeof telemetrySchema>;

export const telemetryFields = { telemetry: telemetrySchema.optional() } as const;
