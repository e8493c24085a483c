// The REST routes as an OpenAPI 3.1 document; served by the hub and checked in as docs/openapi.json.
import type { z } from 'zod';
import type { AnyRoute } from './define.js';
import { toJsonSchema, type Json } from './json-schema.js';
import { hostSchema } from './model/host.js';
import { sessionSchema } from './model/session.js';
import { apiTokenSchema, meSchema } from './model/user.js';
import { problemSchema } from './result.js';
import { routes } from './routes/registry.js';
import { productVersion } from './version.js';

/** Name of the session cookie, as documented; a hub behind TLS adds the `__Host-` prefix, below a path `__Secure-`. */
const sessionCookieName = 'roundhouse_session';

/** Entities that clients meet again and again; everything else is written out where it is used. */
const components: Readonly<Record<string, z.ZodType>> = {
  ApiToken: apiTokenSchema,
  Host: hostSchema,
  Me: meSchema,
  Problem: problemSchema,
  Session: sessionSchema,
};
const componentNames = new Map<unknown, string>(
  Object.entries(components).map(([name, schema]) => [schema, name]),
);

/** `root` is the component that is being defined, so that it does not refer to itself. */
function jsonSchema(schema: z.ZodType, root?: unknown): Json {
  return toJsonSchema(schema, (part) => {
    const name = part === root ? undefined : componentNames.get(part);
    return name === undefined ? undefined : `#/components/schemas/${name}`;
  });
}

function objectFields(schema: z.ZodType): { name: string; schema: Json; required: boolean }[] {
  const { properties = {}, required = [] } = jsonSchema(schema) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, field]) => ({
    name,
    schema: field,
    required: required.includes(name),
  }));
}

function parameters(route: AnyRoute): Json[] {
  const path = objectFields(route.params).map((field) => ({ ...field, in: 'path', required: true }));
  const query = objectFields(route.query).map((field) => ({ ...field, in: 'query' }));
  const headers = (route.headers ?? []).map((name) => ({
    name,
    in: 'header',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 200 },
  }));
  return [...path, ...query, ...headers];
}

function requestBody(route: AnyRoute): Json {
  const schema = jsonSchema(route.body);
  const isEmpty = schema.type === 'object' && Object.keys(schema.properties ?? {}).length === 0;
  if (isEmpty) return {};
  const required = schema.anyOf !== undefined || Array.isArray(schema.required);
  return { requestBody: { required, content: { 'application/json': { schema } } } };
}

function operation(operationId: string, tag: string, route: AnyRoute): Json {
  const params = parameters(route);
  return {
    operationId,
    tags: [tag],
    summary: route.doc,
    'x-permission': route.permission,
    ...(route.permission === 'public' ? { security: [] } : {}),
    ...(params.length > 0 ? { parameters: params } : {}),
    ...requestBody(route),
    responses: {
      [String(route.status)]: {
        description: 'Done.',
        content: Object.fromEntries(
          (route.media ?? ['application/json']).map((type) => [type, { schema: jsonSchema(route.reply) }]),
        ),
      },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function paths(): Json {
  const result: Record<string, Json> = {};
  for (const [tag, group] of Object.entries<Readonly<Record<string, AnyRoute>>>(routes)) {
    for (const [name, route] of Object.entries(group)) {
      const path = route.path.replace(/:(\w+)/g, '{$1}');
      const item = (result[path] ??= {});
      item[route.method.toLowerCase()] = operation(`${tag}.${name}`, tag, route);
    }
  }
  return result;
}

const problemResponse = {
  description: 'What went wrong and what to do, as an RFC 9457 problem document.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const description =
  'Every request is authenticated by the session cookie or by an API token, except where `security` is empty. ' +
  'A request with a cookie that changes something must carry the Origin of the hub.';

/** The whole document, made from the registry; the same input gives the same bytes. */
export function openApiDocument(): Json & { openapi: string } {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Roundhouse',
      version: productVersion,
      description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.keys(routes).map((name) => ({ name })),
    security: [{ session: [] }, { token: [] }],
    paths: paths(),
    components: {
      schemas: Object.fromEntries(
        Object.entries(components).map(([name, schema]) => [name, jsonSchema(schema, schema)]),
      ),
      responses: { Problem: problemResponse },
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookieName,
          description: 'Set by setup and login.',
        },
        token: { type: 'http', scheme: 'bearer', description: 'An API token, `rh_…`.' },
      },
    },
  };
}
