// Health, version and the OpenAPI document.
import { z } from 'zod';
import { defineRoute } from '../define.js';
import { emptySchema } from '../model/common.js';

const none = emptySchema;

export const systemRoutes = {
  healthz: defineRoute({
    method: 'GET',
    path: '/healthz',
    permission: 'public',
    doc: 'The process is alive.',
    params: none,
    query: none,
    body: none,
    reply: z.object({ status: z.literal('ok') }),
    status: 200,
  }),
  readyz: defineRoute({
    method: 'GET',
    path: '/readyz',
    permission: 'public',
    doc: 'The hub can serve: its database answers and is migrated, and its disk has room. 503 otherwise, with the reason.',
    params: none,
    query: none,
    body: none,
    reply: z.object({
      status: z.enum(['ready', 'starting', 'unavailable']),
      database: z.enum(['ready', 'connecting', 'down']),
      checks: z.array(
        z.object({
          name: z.enum(['database', 'migrations', 'disk']),
          ok: z.boolean(),
          /** Null when it is well. */
          reason: z.string().nullable(),
        }),
      ),
      /** What daemons may speak with this hub. */
      protocol: z.object({ min: z.int(), max: z.int() }),
    }),
    status: 200,
  }),
  version: defineRoute({
    method: 'GET',
    path: '/api/v1/version',
    permission: 'self',
    doc: 'Version of the hub, its commit, the protocol, and a newer release where the hub was told to ask for one.',
    params: none,
    query: none,
    body: none,
    reply: z.object({
      version: z.string(),
      commit: z.string().nullable(),
      protocol: z.int(),
      update: z.object({ version: z.string(), url: z.string().nullable() }).nullable(),
    }),
    status: 200,
  }),
  openapi: defineRoute({
    method: 'GET',
    path: '/api/v1/openapi.json',
    permission: 'self',
    doc: 'This API as OpenAPI 3.1.',
    params: none,
    query: none,
    body: none,
    reply: z.looseObject({ openapi: z.string() }),
    status: 200,
  }),
} as const;
