// The fields of a profile file, exactly as a person writes them. No defaults here: see profile.ts.
import { profileColors, profileNameSchema } from '@roundhouse/protocol';
import { z } from 'zod';
import {
  argument,
  argv,
  ENTRIES_MAX,
  envName,
  envValue,
  flag,
  listOf,
  packageName,
  plainText,
  projectPath,
  rawText,
} from './rules.js';

/** How a first prompt reaches the agent: as its last argument, typed into it, or not at all. */
const taskModes = ['argument', 'stdin', 'none'] as const;

/** When more output is kept than there is room for: drop the oldest, or let the agent wait. */
const overflowModes = ['drop', 'block'] as const;

const section = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'invalid_type' ? 'must be a section with fields' : undefined),
  });

const small = (record: object): boolean => Object.keys(record).length <= ENTRIES_MAX;
const tooMany = { error: `must have at most ${String(ENTRIES_MAX)} entries` };
const oneOf = (words: readonly string[]) => ({ error: `must be one of ${words.join(', ')}` });

const telemetrySchema = section({
  token_metrics: listOf(plainText('the name of a metric')).optional(),
  cost_metric: plainText('the name of a metric').optional(),
  activity_metrics: listOf(plainText('the name of a metric')).optional(),
  runtime_metric: section({
    name: plainText('the name of a metric'),
    unit: z.enum(['seconds', 'milliseconds'], oneOf(['seconds', 'milliseconds'])).optional(),
  }).optional(),
  excluded_metrics: listOf(plainText('the name of a metric')).optional(),
});

const sidecarSchema = section({
  prompt_command: rawText('a shell command').optional(),
  file_pattern: plainText('a path').optional(),
  fields: z
    .record(plainText('a field'), plainText('a JSON key'), { error: 'must be a map of field: JSON key' })
    .refine(small, tooMany)
    .optional(),
});

const provisioningSchema = section({
  install: section({
    npm: listOf(packageName).optional(),
    pip: listOf(packageName).optional(),
    system: listOf(packageName).optional(),
  }).optional(),
  config_files: listOf(
    section({ path: plainText('a path'), mkdir: flag.optional(), content: rawText('text').optional() }),
  ).optional(),
  verify: rawText('a command').optional(),
  mounts: listOf(
    section({
      host: plainText('a path'),
      container: plainText('a path'),
      mode: z.enum(['rw', 'ro'], oneOf(['rw', 'ro'])).optional(),
    }),
  ).optional(),
  passthrough_env: listOf(envName).optional(),
});

const fields = {
  display_name: z.literal('').or(plainText('a label', 60)).optional(),
  color: z.enum(profileColors, oneOf(profileColors)).optional(),
  binary: plainText('a program')
    .refine((name) => !name.startsWith('-'), { error: 'must be a program, not an option' })
    .optional(),
  always_available: flag.optional(),
  env: z
    .record(envName, envValue, { error: 'must be a map of NAME: value' })
    .refine(small, tooMany)
    .optional(),
  permission_patterns: listOf(
    rawText('a regular expression').max(500, { error: 'must be at most 500 characters' }),
  ).optional(),
  commands: section({ new: argv.optional(), resume: argv.optional() }).optional(),
  auth: section({
    env_vars: listOf(envName).optional(),
    require: z.enum(['any', 'all'], oneOf(['any', 'all'])).optional(),
  }).optional(),
  mcp: section({
    project_file: projectPath.optional(),
    user_files: listOf(plainText('a path')).optional(),
  }).optional(),
  telemetry: telemetrySchema.optional(),
  sidecar: sidecarSchema.optional(),
  spawn_settings: z
    .record(
      plainText('a path'),
      z.record(z.string(), z.json(), { error: 'must be a map, as the JSON file has it' }),
      { error: 'must be a map of file: settings' },
    )
    .refine(small, tooMany)
    .optional(),
  provisioning: provisioningSchema.optional(),
  // Roundhouse's own additions.
  session_id: listOf(argument).optional(),
  resume_by_id: argv.optional(),
  task: z.enum(taskModes, oneOf(taskModes)).optional(),
  env_passthrough: listOf(envName).optional(),
  overflow: z.enum(overflowModes, oneOf(overflowModes)).optional(),
} as const;

const nameSchema = profileNameSchema.meta({ description: 'Identifier; equal to the name of the file.' });

/** A profile file, for example `profiles/claude.yaml`. Unknown keys are refused. */
export const profileFileSchema = section({ name: nameSchema, ...fields });
export type ProfileFile = z.output<typeof profileFileSchema>;

/** `<name>.local.yaml`: any part of a profile. Its `name` is read and ignored. */
export const profileOverrideSchema = section({ name: nameSchema.optional(), ...fields });
export type ProfileOverride = z.output<typeof profileOverrideSchema>;

/** JSON Schema (draft 2020-12) of a profile file, for editors. */
export function profileJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(profileFileSchema, { io: 'input', unrepresentable: 'any' });
  return { ...schema, title: 'Roundhouse agent profile' };
}
