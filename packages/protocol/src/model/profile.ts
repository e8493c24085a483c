// A profile as a host reports it: what may be spawned there, and why not.
import { z } from 'zod';
import { activitySourceSchema } from './activity.js';

export const profileColors = ['purple', 'blue', 'slate', 'green', 'red', 'amber', 'cyan'] as const;
export const profileColorSchema = z.enum(profileColors);
export type ProfileColor = z.infer<typeof profileColorSchema>;

export const profileNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be 1 to 40 lower-case letters, digits, "-" or "_"');

/** The command of a mode with its placeholders, for the line "will run". */
export const profileCommandsSchema = z.object({
  new: z.array(z.string()),
  resume: z.array(z.string()).nullable(),
});

/** A problem of a profile file, as the loader found it. */
export const profileProblemSchema = z.object({
  file: z.string().max(500),
  line: z.int().nullable(),
  field: z.string().max(200).nullable(),
  message: z.string().max(500),
});
export type ProfileProblem = z.infer<typeof profileProblemSchema>;

/** Where a profile comes from: with Roundhouse, from the user, or with Roundhouse and changed by a `.local` file. */
export const profileSources = ['shipped', 'user', 'override'] as const;
/** What is known of an agent's use: OTLP, events of its plugin, a shell's report, or nothing. */
export const profileTelemetryKinds = ['otlp', 'events', 'sidecar', 'none'] as const;

const optionNameSchema = z.string().max(60);

/** What a daemon of protocol 2 tells in addition; one before tells none of it. */
const profileDetails = {
  source: z.enum(profileSources).optional(),
  /** The file, and the `.local` one that was merged in. */
  file: z.string().max(500).optional(),
  localFile: z.string().max(500).nullable().optional(),
  /** The file has a mistake: this is the last version without one. */
  stale: z.boolean().optional(),
  problems: z.array(profileProblemSchema).max(20).optional(),
  /** What of the profile does nothing on this host, for a person. */
  warnings: z.array(z.string().max(500)).max(20).optional(),
  telemetry: z.enum(profileTelemetryKinds).optional(),
  /** Kinds of signs that tell its state, strongest first. */
  states: z.array(activitySourceSchema).max(10).optional(),
  takesModel: z.boolean().optional(),
  /** It can be asked for another model while it runs. */
  switchesModel: z.boolean().optional(),
  models: z.array(z.string().max(200)).max(100).optional(),
  /** From the most careful to the freest. */
  modes: z
    .array(
      z.object({
        name: optionNameSchema,
        displayName: optionNameSchema,
        /** The agent acts without asking. */
        bypass: z.boolean(),
        /** The profile lets it be chosen; the host's policy may still refuse. */
        allowed: z.boolean(),
      }),
    )
    .max(100)
    .optional(),
  presets: z
    .array(z.object({ name: optionNameSchema, displayName: optionNameSchema }))
    .max(100)
    .optional(),
  /** A copy of a conversation can go on by itself. */
  forks: z.boolean().optional(),
  fallback: z.array(profileNameSchema).max(100).optional(),
  /** Words before a first prompt on the command line. */
  taskArgs: z.array(z.string()).max(100).optional(),
} as const;

export const hostProfileSchema = z.object({
  name: profileNameSchema,
  displayName: z.string().max(60),
  color: profileColorSchema,
  available: z.boolean(),
  /** Why it is not available, for a person; null when it is. */
  reason: z.string().max(500).nullable(),
  /** First line of `<binary> --version`. */
  version: z.string().max(200).nullable(),
  supportsResume: z.boolean(),
  /** Whether a first prompt can be given at spawn. */
  takesTask: z.boolean(),
  commands: profileCommandsSchema,
  ...profileDetails,
});
export type HostProfile = z.infer<typeof hostProfileSchema>;
