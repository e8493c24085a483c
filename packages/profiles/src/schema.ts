// The fields of a profile file, exactly as a person writes them. No defaults here: see profile.ts.
import { profileColors, profileNameSchema } from '@roundhouse/protocol';
import { z } from 'zod';
import { envName, envValue, flag, listOf, plainText, projectPath } from './rules.js';
import { commandFields } from './schema/commands.js';
import { hookFields } from './schema/hooks.js';
import { limitFields } from './schema/limits.js';
import { optionFields } from './schema/options.js';
import { overlayFields } from './schema/overlay.js';
import { provisioningFields } from './schema/provisioning.js';
import { mapOf, oneOf, section } from './schema/section.js';
import { sidecarFields } from './schema/sidecar.js';
import { signalFields } from './schema/signals.js';
import { storeFields } from './schema/store.js';
import { telemetryFields } from './schema/telemetry.js';

const fields = {
  display_name: z.literal('').or(plainText('a label', 60)).optional(),
  color: z.enum(profileColors, oneOf(profileColors)).optional(),
  binary: plainText('a program')
    .refine((name) => !name.startsWith('-'), { error: 'must be a program, not an option' })
    .optional(),
  always_available: flag.optional(),
  ...commandFields,
  ...optionFields,
  ...limitFields,
  env: mapOf(envName, envValue, 'NAME: value').optional(),
  env_passthrough: listOf(envName).optional(),
  auth: section({
    env_vars: listOf(envName).optional(),
    require: z.enum(['any', 'all'], oneOf(['any', 'all'])).optional(),
  }).optional(),
  mcp: section({
    project_file: projectPath.optional(),
    user_files: listOf(plainText('a path')).optional(),
  }).optional(),
  ...telemetryFields,
  ...sidecarFields,
  ...signalFields,
  ...hookFields,
  ...overlayFields,
  ...storeFields,
  ...provisioningFields,
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

export type { HooksSection } from './schema/hooks.js';
export type { PresetSection } from './schema/options.js';
export type { SignalRule, SignalSource } from './schema/signals.js';
export { STORE_SCAN_DEFAULT, type StorePlace, type StoreRule } from './schema/store.js';
export type { TelemetryRule, TelemetrySection } from './schema/telemetry.js';
