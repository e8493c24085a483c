// Users, their API tokens, and the answers of sign-in.
import { z } from 'zod';
import { tokenIdSchema, userIdSchema } from '../ids.js';
import { permissions, roles } from '../permissions.js';
import { instantSchema, lineSchema } from './common.js';

export const usernameSchema = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'must be 1 to 64 letters, digits or one of . _ @ -');

export const passwordMinLength = 12;
/** Longer ones are refused before hashing, to bound its cost. */
export const passwordMaxLength = 256;
/** Lowest zxcvbn score (0 to 4) of a new password. */
export const passwordMinScore = 3;

export const newPasswordSchema = z
  .string()
  .min(passwordMinLength, `must have at least ${String(passwordMinLength)} characters`)
  .max(passwordMaxLength, `must have at most ${String(passwordMaxLength)} characters`);

export const meSchema = z.object({
  id: userIdSchema,
  username: z.string(),
  role: z.enum(roles),
  permissions: z.array(z.enum(permissions)),
});
export type Me = z.infer<typeof meSchema>;

export const apiTokenSchema = z.object({
  id: tokenIdSchema,
  name: lineSchema(60),
  scopes: z.array(z.enum(permissions)),
  createdAt: instantSchema,
  expiresAt: instantSchema,
  lastUsedAt: instantSchema.nullable(),
});
export type ApiToken = z.infer<typeof apiTokenSchema>;
