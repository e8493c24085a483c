// Fields that say what is run: the commands, the conversation's id, and the keys that are typed.
import { z } from 'zod';
import { argument, argv, flag, listOf } from '../rules.js';
import { oneOf, pattern, section } from './section.js';

/** How a first prompt reaches the agent: as its last argument, typed into it, or not at all. */
const taskModes = ['argument', 'stdin', 'none'] as const;

/** When more output is kept than there is room for: drop the oldest, or let the agent wait. */
const overflowModes = ['drop', 'block'] as const;

/** Longest text of keys, in characters. */
const KEYS_MAX = 200;
const ESCAPES = /^(?:[^\\]|\\[ert\\]|\\x[0-9A-Fa-f]{2})*$/;

/** Keys as one writes them; see keys.ts for the bytes. */
export const keyText = z
  .string({ error: "must be the keys as text, for example '1' or '\\e'; put them in quotes" })
  .min(1, { error: 'must not be empty; remove the key, or give what to type' })
  .max(KEYS_MAX, { error: `must be at most ${String(KEYS_MAX)} characters` })
  .regex(ESCAPES, { error: 'knows only the escapes \\e \\r \\t \\\\ and \\x03' })
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  .refine((text) => !/[\u0000-\u001f\u007f-\u009f]/.test(text), {
    error: 'must write control characters as \\e, \\r, \\t or \\x03, in single quotes',
  });

export const commandFields = {
  commands: section({ new: argv.optional(), resume: argv.optional() }).optional(),
  session_id: listOf(argument).optional(),
  resume_by_id: argv.optional(),
  resume_last: argv.optional(),
  fork: argv.optional(),
  learn_id: flag.optional(),
  conversation_id: pattern.optional(),
  task: z.enum(taskModes, oneOf(taskModes)).optional(),
  task_args: argv.optional(),
  overflow: z.enum(overflowModes, oneOf(overflowModes)).optional(),
  keys: section({
    approve: keyText.optional(),
    deny: keyText.optional(),
    exit: keyText.optional(),
  }).optional(),
  trust: section({ screen: pattern, keys: keyText }).optional(),
} as const;
