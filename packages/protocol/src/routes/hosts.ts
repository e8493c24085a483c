// Hosts: register, list, rename, remove, join tokens, rescan, trust; and the daemon's enrolment.
import { z } from 'zod';
import { defineRoute } from '../define.js';
import { hostIdSchema, instanceIdSchema } from '../ids.js';
import { emptySchema, instantSchema, pathSchema } from '../model/common.js';
import { hostNameSchema, hostSchema, inventoryLimits } from '../model/host.js';
import { hostMetricsSchema, metricsWindowSchema } from '../model/host-metrics.js';
import { profileNameSchema } from '../model/profile.js';
import { shownSettingsSchema } from '../model/setting.js';

const none = emptySchema;
const id = z.object({ id: hostIdSchema });

/** PROJECTS_ROOT is a colon list, and so are the mounts of containers. */
const rootSchema = pathSchema.refine((path) => !path.includes(':'), 'must not hold a colon');

export const joinCommandsSchema = z.object({ podman: z.string(), docker: z.string(), node: z.string() });

const joinSchema = z.object({
  joinToken: z.string(),
  joinTokenExpiresAt: instantSchema,
  commands: joinCommandsSchema,
});

export const hostRoutes = {
  create: defineRoute({
    method: 'POST',
    path: '/api/v1/hosts',
    permission: 'host.enrol',
    doc: 'Register a host: a one-time join token, shown this once, and the commands that run its daemon.',
    params: none,
    query: none,
    body: z.strictObject({
      name: hostNameSchema,
      projectRoots: z.array(rootSchema).max(inventoryLimits.roots).optional(),
      agents: z.array(profileNameSchema).max(50).optional(),
    }),
    reply: joinSchema.extend({ id: hostIdSchema, name: z.string() }),
    status: 201,
  }),
  list: defineRoute({
    method: 'GET',
    path: '/api/v1/hosts',
    permission: 'host.view',
    doc: 'All hosts, by name.',
    params: none,
    query: none,
    body: none,
    reply: z.object({ items: z.array(hostSchema) }),
    status: 200,
  }),
  get: defineRoute({
    method: 'GET',
    path: '/api/v1/hosts/:id',
    permission: 'host.view',
    doc: 'One host.',
    params: id,
    query: none,
    body: none,
    reply: hostSchema,
    status: 200,
  }),
  metrics: defineRoute({
    method: 'GET',
    path: '/api/v1/hosts/:id/metrics',
    permission: 'host.view',
    doc: 'CPU, load, memory and disk of a host: means of minutes for an hour, of five minutes for a day. Spans in which it was away are missing.',
    params: id,
    query: z.strictObject({ window: metricsWindowSchema.default('1h') }),
    body: none,
    reply: hostMetricsSchema,
    status: 200,
  }),
  settings: defineRoute({
    method: 'GET',
    path: '/api/v1/hosts/:id/settings',
    permission: 'settings.view',
    doc: "Every setting of the host's daemon, as it told them last. Secrets stay there.",
    params: id,
    query: none,
    body: none,
    reply: shownSettingsSchema,
    status: 200,
  }),
  update: defineRoute({
    method: 'PATCH',
    path: '/api/v1/hosts/:id',
    permission: 'host.edit',
    doc: 'Rename a host.',
    params: id,
    query: none,
    body: z.strictObject({ name: hostNameSchema.optional() }),
    reply: hostSchema,
    status: 200,
  }),
  remove: defineRoute({
    method: 'DELETE',
    path: '/api/v1/hosts/:id',
    permission: 'host.delete',
    doc: 'Remove a host with its sessions here. Its key is refused from now on; agents and files on it stay.',
    params: id,
    query: none,
    body: none,
    reply: z.object({ sessions: z.int() }),
    status: 200,
  }),
  createJoinToken: defineRoute({
    method: 'POST',
    path: '/api/v1/hosts/:id/join-token',
    permission: 'host.enrol',
    doc: 'A new join token for a host; earlier unused ones lapse. Enrolling with it replaces the host key.',
    params: id,
    query: none,
    body: none,
    reply: joinSchema,
    status: 201,
  }),
  rotateKey: defineRoute({
    method: 'POST',
    path: '/api/v1/hosts/:id/rotate-key',
    permission: 'host.enrol',
    doc: 'The daemon makes a new key now; nothing is interrupted. It does so by itself after 67 days.',
    params: id,
    query: none,
    body: none,
    reply: hostSchema,
    status: 200,
  }),
  revokeKey: defineRoute({
    method: 'POST',
    path: '/api/v1/hosts/:id/revoke-key',
    permission: 'host.enrol',
    doc: 'The key of the host counts no more and its daemon is cut off; agents on it go on. A new join token lets it back in.',
    params: id,
    query: none,
    body: none,
    reply: hostSchema,
    status: 200,
  }),
  rescan: defineRoute({
    method: 'POST',
    path: '/api/v1/hosts/:id/rescan',
    permission: 'host.view',
    doc: 'Look for projects and agents on the host now.',
    params: id,
    query: none,
    body: none,
    reply: hostSchema,
    status: 200,
  }),
  trustProject: defineRoute({
    method: 'POST',
    path: '/api/v1/hosts/:id/projects/trust',
    permission: 'project.trust',
    doc: 'Trust a project of the host: git may run in it.',
    params: id,
    query: none,
    body: z.strictObject({ path: pathSchema }),
    reply: hostSchema,
    status: 200,
  }),
  enrol: defineRoute({
    method: 'POST',
    path: '/api/v1/enrol',
    permission: 'public',
    doc: 'A daemon trades its join token for the registration of its Ed25519 public key (PEM, SPKI or raw; base64).',
    params: none,
    query: none,
    body: z.strictObject({
      token: z.string().max(300),
      publicKey: z.string().max(1000),
      instanceId: instanceIdSchema,
    }),
    reply: z.object({
      hostId: hostIdSchema,
      name: z.string(),
      hubId: z.uuid(),
      /** SPKI, base64. Its SHA-256 stands in the join token. */
      hubPublicKey: z.string(),
      /** PEM of the hub's own CA, when TLS is self-signed. */
      caCertificate: z.string().nullable(),
    }),
    status: 201,
  }),
} as const;
