// A host: a registered machine, and what its daemon tells of it.
import { z } from 'zod';
import { hostIdSchema } from '../ids.js';
import { instantSchema, lineSchema, pathSchema, versionSchema } from './common.js';
import { hostProfileSchema, profileProblemSchema } from './profile.js';
import { projectInfoSchema } from './project.js';
import { sessionLimitsSchema } from './session-options.js';

/**
 * pending: registered, never connected · online · unreachable: the link broke less than a minute ago ·
 * offline: longer ago.
 */
export const hostStates = ['pending', 'online', 'unreachable', 'offline'] as const;
export const hostStateSchema = z.enum(hostStates);
export type HostState = z.infer<typeof hostStateSchema>;

/** How long a silent host is `unreachable` before it is `offline`, in milliseconds. */
export const offlineAfterMs = 60_000;

export const hostNameSchema = lineSchema(60);

/** Which limits a session can be held to on a host. That of time always can. */
const hostLimitsSchema = z.object({
  /** Why memory cannot be limited; null where it can. */
  memory: z.string().max(300).nullable(),
  cpu: z.string().max(300).nullable(),
  /** The most that policy.yaml of the host allows any session. */
  most: z.object(sessionLimitsSchema.shape),
});
export type HostLimits = z.infer<typeof hostLimitsSchema>;

export const systemInfoSchema = z.object({
  os: z.string().max(200),
  arch: z.string().max(40),
  hostname: z.string().max(255),
  cores: z.int().positive(),
  /** Busy share of all cores over the last interval, 0 to 100; null before the second sample. */
  cpuPercent: z.number().min(0).max(100).nullable(),
  /** Load average of the last minute; absent from daemons that do not tell it. */
  load1: z.number().nonnegative().optional(),
  memTotalBytes: z.int().nonnegative(),
  memUsedBytes: z.int().nonnegative(),
  diskTotalBytes: z.int().nonnegative(),
  diskFreeBytes: z.int().nonnegative(),
  uptimeS: z.number().nonnegative(),
  /** Absent from daemons that do not tell it. */
  limits: hostLimitsSchema.optional(),
  /** The host's clock at the sample, in milliseconds since 1970; absent from daemons that do not tell it. */
  clockMs: z.int().nonnegative().optional(),
  /** How far the host's clock is ahead of the hub's, negative when behind. The hub sets it when a sample arrives. */
  clockSkewMs: z.int().optional(),
});
export type SystemInfo = z.infer<typeof systemInfoSchema>;

export const otlpStatusSchema = z.object({
  state: z.enum(['listening', 'off']),
  port: z.int().nullable(),
  /** Why it is off. */
  reason: z.string().nullable(),
});
export type OtlpStatus = z.infer<typeof otlpStatusSchema>;

/** Most projects, profiles and roots that a host may report; more are cut with a warning in its log. */
export const inventoryLimits = { projects: 5000, profiles: 200, roots: 64 } as const;

export const inventorySchema = z.object({
  projectRoots: z.array(pathSchema).max(inventoryLimits.roots),
  projects: z.array(projectInfoSchema).max(inventoryLimits.projects),
  profiles: z.array(hostProfileSchema).max(inventoryLimits.profiles),
  profileProblems: z.array(profileProblemSchema).max(inventoryLimits.profiles),
  otlp: otlpStatusSchema,
});
export type Inventory = z.infer<typeof inventorySchema>;

export const hostSchema = z.object({
  id: hostIdSchema,
  version: versionSchema,
  name: z.string(),
  state: hostStateSchema,
  lastSeenAt: instantSchema.nullable(),
  createdAt: instantSchema,
  daemonVersion: z.string().nullable(),
  /** When the unused join token lapses; null when there is none. */
  joinTokenExpiresAt: instantSchema.nullable(),
  /** Since when its key counts; null when it has none, or one from before that was written down. */
  keySince: instantSchema.nullable(),
  /** Whether a daemon may connect with a key: not before it has enrolled, nor once the key was revoked. */
  hasKey: z.boolean(),
  projectRoots: z.array(z.string()),
  projects: z.array(projectInfoSchema),
  profiles: z.array(hostProfileSchema),
  profileProblems: z.array(profileProblemSchema),
  system: systemInfoSchema.nullable(),
  otlp: otlpStatusSchema.nullable(),
  /** When projects were last scanned. */
  scannedAt: instantSchema.nullable(),
  /** Why its daemon was last refused; null when it was not. */
  problem: z.object({ code: z.string(), message: z.string(), at: instantSchema }).nullable(),
});
export type Host = z.infer<typeof hostSchema>;
