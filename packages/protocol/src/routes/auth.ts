// Setup, sign-in and API tokens.
import { z } from 'zod';
import { defineRoute } from '../define.js';
import { tokenIdSchema } from '../ids.js';
import { doneSchema, emptySchema, lineSchema } from '../model/common.js';
import {
  apiTokenSchema,
  meSchema,
  newPasswordSchema,
  passwordMaxLength,
  usernameSchema,
} from '../model/user.js';
import { permissions } from '../permissions.js';

const none = emptySchema;
const id = z.object({ id: tokenIdSchema });

export const authRoutes = {
  setup: defineRoute({
    method: 'POST',
    path: '/api/v1/setup',
    permission: 'public',
    doc: 'Make the first administrator with the token of the setup link; works once. Sets the session cookie.',
    params: none,
    query: none,
    body: z.strictObject({
      token: z.string().max(200),
      username: usernameSchema,
      password: newPasswordSchema,
    }),
    reply: meSchema,
    status: 201,
  }),
  setupStatus: defineRoute({
    method: 'GET',
    path: '/api/v1/setup',
    permission: 'public',
    doc: 'Whether the first administrator is still to be made.',
    params: none,
    query: none,
    body: none,
    reply: z.object({ required: z.boolean() }),
    status: 200,
  }),
  login: defineRoute({
    method: 'POST',
    path: '/api/v1/auth/login',
    permission: 'public',
    doc: 'Sign in; sets the session cookie.',
    params: none,
    query: none,
    body: z.strictObject({
      username: z.string().max(64),
      password: z.string().max(passwordMaxLength),
      code: z.string().max(20).optional(),
    }),
    reply: meSchema,
    status: 200,
  }),
  logout: defineRoute({
    method: 'POST',
    path: '/api/v1/auth/logout',
    permission: 'self',
    doc: 'Sign out: the session and its sockets end.',
    params: none,
    query: none,
    body: none,
    reply: doneSchema,
    status: 200,
  }),
  me: defineRoute({
    method: 'GET',
    path: '/api/v1/me',
    permission: 'self',
    doc: 'Who is signed in, and what they may do.',
    params: none,
    query: none,
    body: none,
    reply: meSchema,
    status: 200,
  }),
  createToken: defineRoute({
    method: 'POST',
    path: '/api/v1/tokens',
    permission: 'token.self',
    doc: 'Make an API token; the token is shown this once. A token cannot make tokens.',
    params: none,
    query: none,
    body: z.strictObject({
      name: lineSchema(60),
      scopes: z.array(z.enum(permissions)).min(1).optional(),
      expiresInDays: z.int().min(1).max(365).optional(),
    }),
    reply: z.object({ id: tokenIdSchema, token: z.string() }),
    status: 201,
  }),
  listTokens: defineRoute({
    method: 'GET',
    path: '/api/v1/tokens',
    permission: 'token.self',
    doc: 'Your API tokens, without their secrets.',
    params: none,
    query: none,
    body: none,
    reply: z.object({ items: z.array(apiTokenSchema) }),
    status: 200,
  }),
  deleteToken: defineRoute({
    method: 'DELETE',
    path: '/api/v1/tokens/:id',
    permission: 'token.self',
    doc: 'Revoke an API token; its sockets end.',
    params: id,
    query: none,
    body: none,
    reply: doneSchema,
    status: 200,
  }),
} as const;
