// Fields that say what an agent's signs mean: hook, protocol event, OSC sequence, title, OTLP event, screen.
import { activityKinds, waitsFor } from '@roundhouse/protocol';
import { z } from 'zod';
import { flag, listOf, plainText } from '../rules.js';
import { jsonPath, mapOf, oneOf, oneOrMore, pattern, section } from './section.js';

/** Strongest first. */
export const signalSources = ['hook', 'protocol', 'osc', 'title', 'otlp', 'screen'] as const;
export type SignalSource = (typeof signalSources)[number];
/** An agent says everything but that it starts: that is the daemon's to say. */
const signalKinds = activityKinds.filter((kind) => kind !== 'starting');

/** OSC numbers that are told as signals: notifications (9, 99, 777), shell marks (133), agent state (7501). */
const signalOscCodes = [9, 99, 133, 777, 7501] as const;

/** Most rows of the screen's bottom that a pattern can ask for. */
const SIGNAL_LINES_MAX = 60;

const askSchema = section({
  tool: pattern.optional(),
  command: pattern.optional(),
  file: pattern.optional(),
  text: pattern.optional(),
});

const shape = section({
  from: z.enum(signalSources, oneOf(signalSources)),
  event: plainText('the name of an event', 200).optional(),
  code: z.literal(signalOscCodes, oneOf(signalOscCodes.map(String))).optional(),
  match: pattern.optional(),
  where: mapOf(jsonPath, pattern, 'path: regular expression').optional(),
  is: oneOrMore(z.enum(signalKinds, oneOf(signalKinds)), `one of ${signalKinds.join(', ')}`),
  for: z.enum(waitsFor, oneOf(waitsFor)).optional(),
  ask: askSchema.optional(),
  until: jsonPath.optional(),
  lines: z
    .int({ error: 'must be a whole number' })
    .min(1, { error: 'must be at least 1' })
    .max(SIGNAL_LINES_MAX, { error: `must be at most ${String(SIGNAL_LINES_MAX)}` })
    .optional(),
  subagents: flag.optional(),
});

type Shape = z.output<typeof shape>;
type Key = keyof Shape;

/** What each source needs, and what it can have besides `is`, `for` and `ask`. */
const uses: Record<SignalSource, { needs: readonly Key[]; takes: readonly Key[] }> = {
  hook: { needs: ['event'], takes: ['where', 'until', 'subagents'] },
  protocol: { needs: ['event'], takes: ['where', 'until', 'subagents'] },
  otlp: { needs: ['event'], takes: ['where', 'until'] },
  osc: { needs: ['code'], takes: ['match', 'where'] },
  title: { needs: ['match'], takes: [] },
  screen: { needs: ['match'], takes: ['lines'] },
};
const sourceKeys = ['event', 'code', 'match', 'where', 'until', 'lines', 'subagents'] as const;

const signalSchema = shape.superRefine((rule, context) => {
  const complain = (key: Key, message: string) => context.addIssue({ code: 'custom', path: [key], message });
  const { needs, takes } = uses[rule.from];
  for (const key of needs) {
    if (rule[key] === undefined) complain(key, `is missing; a signal from ${rule.from} needs it`);
  }
  for (const key of sourceKeys) {
    if (rule[key] !== undefined && !needs.includes(key) && !takes.includes(key)) {
      complain(key, `has no meaning for a signal from ${rule.from}; remove it`);
    }
  }
  if (rule.for !== undefined && !rule.is.includes('waiting')) complain('for', 'only goes with "is: waiting"');
});

/** One sign of an agent and what it means. */
export type SignalRule = z.output<typeof signalSchema>;

export const signalFields = {
  signals: listOf(signalSchema).optional(),
  permission_patterns: listOf(pattern).optional(),
} as const;
