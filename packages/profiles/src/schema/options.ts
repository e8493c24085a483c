// Fields that say what a person can choose at spawn: model, permission mode, preset, and what to use instead.
import { profileNameSchema } from '@roundhouse/protocol';
import { z } from 'zod';
import { argument, argv, envName, envValue, flag, listOf, plainText } from '../rules.js';
import { keyText } from './commands.js';
import { mapOf, section } from './section.js';

const NAME = /^[A-Za-z0-9][\w.-]{0,59}$/;

const optionName = z.string({ error: 'must be a name' }).regex(NAME, {
  error: 'must be a name of at most 60 letters, digits, ".", "_" or "-"',
});
const modelName = plainText('the name of a model', 200).refine((name) => !name.startsWith('-'), {
  error: 'must be a model, not an option',
});

const modelsSchema = section({
  args: argv.optional(),
  choices: listOf(modelName).optional(),
  /** Typed while the agent is idle. */
  switch: keyText.optional(),
});

const modeSchema = section({
  display_name: plainText('a label', 60).optional(),
  /** The agent acts without asking. */
  bypass: flag.optional(),
  /** Instead of `permission_modes.args`. */
  args: argv.optional(),
  /** Words that mean this mode wherever they stand on the command line. */
  flags: listOf(argument).optional(),
});

const permissionModesSchema = section({
  args: argv.optional(),
  /** From the most careful to the freest. */
  modes: mapOf(optionName, modeSchema, 'mode: { … }').optional(),
  ceiling: optionName.optional(),
});

const presetSchema = section({
  display_name: plainText('a label', 60).optional(),
  args: argv.optional(),
  env: mapOf(envName, envValue, 'NAME: value').optional(),
  model: modelName.optional(),
  permission_mode: optionName.optional(),
  /** Variables that the agent does not get, for example an API key where a login is meant. */
  without_env: listOf(envName).optional(),
});
export type PresetSection = z.output<typeof presetSchema>;

export const optionFields = {
  models: modelsSchema.optional(),
  permission_modes: permissionModesSchema.optional(),
  presets: mapOf(optionName, presetSchema, 'name: { … }').optional(),
  fallback: listOf(profileNameSchema).optional(),
} as const;
