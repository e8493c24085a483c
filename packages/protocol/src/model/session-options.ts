// What a person may choose for one session beyond its profile.
import { z } from 'zod';

export const sessionOptionLimits = { args: 50, argBytes: 4_096, env: 50, envBytes: 8_192 } as const;

const envNameSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'must be the name of a variable');
const noZero = (value: string): boolean => !value.includes('\0');

/** What one session may use at most. Where a host cannot enforce one, it says so in the session's notes. */
export const sessionLimitsSchema = z.strictObject({
  /** From the start of each life; then the session is stopped. A week at most. */
  timeMinutes: z.int().min(1).max(10_080).optional(),
  memoryMb: z.int().min(64).max(16_777_216).optional(),
  /** Of one core: 200 is two cores. */
  cpuPercent: z.int().min(5).max(100_000).optional(),
});
export type SessionLimits = z.infer<typeof sessionLimitsSchema>;

export const sessionOptionsSchema = z.strictObject({
  preset: z.string().min(1).max(60).optional(),
  model: z
    .string()
    .regex(/^[\w.:/@[\]+][\w.:/@[\]+-]{0,199}$/, 'must be the name of a model')
    .optional(),
  permissionMode: z.string().min(1).max(60).optional(),
  /** Words added to the command of the agent. */
  args: z
    .array(z.string().max(sessionOptionLimits.argBytes).refine(noZero, 'must not contain a zero byte'))
    .max(sessionOptionLimits.args)
    .optional(),
  /** Variables by value. They are kept with the session: what looks like a secret is refused. */
  env: z
    .record(
      envNameSchema,
      z.string().max(sessionOptionLimits.envBytes).refine(noZero, 'must not contain a zero byte'),
    )
    .refine((env) => Object.keys(env).length <= sessionOptionLimits.env, 'too many variables')
    .optional(),
  /** Variables that are handed on from the daemon's own environment, by name. */
  envNames: z.array(envNameSchema).max(sessionOptionLimits.env).optional(),
  /** Another profile of the fallback chain may run instead when this one is not available. */
  fallback: z.boolean().optional(),
  /** The host's own ceilings hold as well. */
  limits: sessionLimitsSchema.optional(),
});
export type SessionOptions = z.infer<typeof sessionOptionsSchema>;

export const conversationIdSchema = z
  .string()
  .regex(/^[\w.:-]{1,200}$/, 'must be the id of a conversation')
  .refine((id) => !id.startsWith('-'), 'must not begin with "-"');

/** exact: the conversation it had; last: the newest of that directory; fork: a copy of it. */
export const resumeKinds = ['exact', 'last', 'fork'] as const;
export const resumeKindSchema = z.enum(resumeKinds);
export type ResumeKind = z.infer<typeof resumeKindSchema>;

export const preflightChecks = [
  'binary',
  'auth',
  'trust',
  'project',
  'disk',
  'capacity',
  'limits',
  'policy',
  'options',
] as const;
export const preflightCheckSchema = z.object({
  name: z.enum(preflightChecks),
  state: z.enum(['ok', 'warning', 'failed']),
  /** What was found. */
  message: z.string().max(500),
  /** What to do; null when there is nothing to do. */
  fix: z.string().max(500).nullable(),
  /** All that is missing is the name of the project, typed by a person. */
  confirm: z.literal(true).optional(),
});
export type PreflightCheck = z.infer<typeof preflightCheckSchema>;

/** A server of the Model Context Protocol that is configured for an agent; never its values. */
export const mcpServerSchema = z.object({
  name: z.string().max(200),
  transport: z.enum(['stdio', 'http', 'sse', 'unknown']),
  scope: z.enum(['project', 'user']),
});
export type McpServer = z.infer<typeof mcpServerSchema>;

/** A conversation found in an agent's own store on a host; it is only read. */
export const foundConversationSchema = z.object({
  profile: z.string().max(60),
  id: conversationIdSchema,
  title: z.string().max(300).nullable(),
  cwd: z.string().max(4096).nullable(),
  at: z.iso.datetime(),
  sizeBytes: z.int().nonnegative(),
  /** The session of Roundhouse that has it, if one has. */
  sessionId: z.uuid().nullable(),
});
export type FoundConversation = z.infer<typeof foundConversationSchema>;
export const foundConversationsMax = 200;
