// Fields that say how an agent's own hooks and status line are read.
import { z } from 'zod';
import { listOf, plainText } from '../rules.js';
import { jsonPath, oneOf, oneOrMore, section } from './section.js';

const formats = ['json', 'toml'] as const;
const units = ['seconds', 'milliseconds'] as const;

/** A hook's event, as the agent and a file name have it. */
const eventName = plainText('the name of an event', 60).regex(/^[A-Za-z][\w.-]*$/, {
  error: 'must be letters, digits, ".", "_" or "-", like PermissionRequest',
});

const hooksSchema = section({
  events: listOf(eventName).optional(),
  format: z.enum(formats, oneOf(formats)).optional(),
  /** Left out where the agent wants none. */
  matcher: plainText('the text of a matcher', 200).optional(),
  timeout: z
    .int({ error: 'must be a whole number' })
    .min(1, { error: 'must be at least 1' })
    .max(600_000, { error: 'must be at most 600000' })
    .optional(),
  timeout_unit: z.enum(units, oneOf(units)).optional(),
  fields: section({
    conversation: jsonPath.optional(),
    prompt: jsonPath.optional(),
    transcript: jsonPath.optional(),
    /** Present when a subagent speaks. */
    agent: jsonPath.optional(),
    model: jsonPath.optional(),
  }).optional(),
});
export type HooksSection = z.output<typeof hooksSchema>;

const statusLineSchema = section({
  fields: section({
    model: jsonPath.optional(),
    /** Added up when there are several. */
    context_used: oneOrMore(jsonPath, 'a path').optional(),
    context_window: jsonPath.optional(),
    context_percent: jsonPath.optional(),
    cost: jsonPath.optional(),
    limits: listOf(
      section({
        name: plainText('a name', 60),
        used_percent: jsonPath,
        resets_at: jsonPath.optional(),
      }),
    ).optional(),
  }).optional(),
  /** The user's own settings, in order; the first that has a status line is chained. */
  user_files: listOf(plainText('a path')).optional(),
  user_key: jsonPath.optional(),
});

export const hookFields = {
  hooks: hooksSchema.optional(),
  status_line: statusLineSchema.optional(),
} as const;
