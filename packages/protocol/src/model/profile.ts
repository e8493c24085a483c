// A profile as a host reports it: what may be spawned there, and why not.
import { z } from 'zod';

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
});
export type HostProfile = z.infer<typeof hostProfileSchema>;

/** A problem of a profile file, as the loader found it. */
export const profileProblemSchema = z.object({
  file: z.string().max(500),
  line: z.int().nullable(),
  field: z.string().max(200).nullable(),
  message: z.string().max(500),
});
export type ProfileProblem = z.infer<typeof profileProblemSchema>;
