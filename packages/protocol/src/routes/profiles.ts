// Profiles: what hosts have, one of them on every host, and whether a text would be one.
import { z } from 'zod';
import { defineRoute } from '../define.js';
import { hostIdSchema } from '../ids.js';
import { emptySchema } from '../model/common.js';
import {
  hostProfileSchema,
  profileColorSchema,
  profileNameSchema,
  profileSources,
  profileTelemetryKinds,
} from '../model/profile.js';

const none = emptySchema;

const profileSummarySchema = z.object({
  name: profileNameSchema,
  displayName: z.string(),
  color: profileColorSchema,
  supportsResume: z.boolean(),
  hosts: z.array(
    z.object({
      hostId: hostIdSchema,
      hostName: z.string(),
      available: z.boolean(),
      reason: z.string().nullable(),
      version: z.string().nullable(),
      source: z.enum(profileSources).nullable(),
      /** Its file has a mistake there; the last version without one is in use. */
      stale: z.boolean(),
      telemetry: z.enum(profileTelemetryKinds).nullable(),
      /** Mistakes and warnings of its file there. */
      problems: z.int().nonnegative(),
      warnings: z.int().nonnegative(),
    }),
  ),
});
export type ProfileSummary = z.infer<typeof profileSummarySchema>;

const profileOnHostsSchema = z.object({
  name: profileNameSchema,
  hosts: z.array(hostProfileSchema.extend({ hostId: hostIdSchema, hostName: z.string() })),
});
export type ProfileOnHosts = z.infer<typeof profileOnHostsSchema>;

/** Far above the 64 KiB of a profile: a text that is too long is told so as a mistake of the profile. Characters. */
const VALIDATE_TEXT_MAX = 256 * 1024;

export const profileRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/api/v1/profiles',
    permission: 'profile.view',
    doc: 'Every profile that a host has, and where it is available.',
    params: none,
    query: none,
    body: none,
    reply: z.object({ items: z.array(profileSummarySchema) }),
    status: 200,
  }),
  get: defineRoute({
    method: 'GET',
    path: '/api/v1/profiles/:name',
    permission: 'profile.view',
    doc: 'One profile as each host has it: source, mistakes, signs of its state, choices, and why it is not available.',
    params: z.object({ name: profileNameSchema }),
    query: none,
    body: none,
    reply: profileOnHostsSchema,
    status: 200,
  }),
  validate: defineRoute({
    method: 'POST',
    path: '/api/v1/profiles/validate',
    permission: 'profile.view',
    doc: 'Whether a text would be a profile. PROFILE_INVALID names field, line and what to do; nothing is stored.',
    params: none,
    query: none,
    body: z.strictObject({
      name: profileNameSchema,
      text: z.string().max(VALIDATE_TEXT_MAX),
      format: z.enum(['yaml', 'json']).default('yaml'),
    }),
    reply: z.object({
      ok: z.literal(true),
      warnings: z.array(
        z.object({ line: z.int().nullable(), field: z.string().nullable(), message: z.string() }),
      ),
    }),
    status: 200,
  }),
} as const;
