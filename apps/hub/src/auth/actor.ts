// Who makes a request or holds a socket.
import { roles, userIdSchema, type Permission, type Role, type UserId } from '@roundhouse/protocol';
import { z } from 'zod';

export interface Actor {
  readonly userId: UserId;
  readonly username: string;
  readonly role: Role;
  /** How they came in: a cookie session, or an API token, with the id of its row. */
  readonly via: { readonly kind: 'session' | 'token'; readonly id: string };
  /** Verbs of an API token; null when everything that the role may do. */
  readonly scopes: readonly Permission[] | null;
}

/** An actor, and until when (wall time in milliseconds) that holds if nothing revokes it. */
export interface Credential {
  readonly actor: Actor;
  readonly validUntil: number;
}

const roleSchema = z.enum(roles);

/** @throws ZodError when the row holds a role that this version does not know: better nobody than somebody else */
export const toActor = (
  user: { readonly id: string; readonly username: string; readonly role: string },
  via: Actor['via'],
  scopes: Actor['scopes'],
): Actor => ({
  userId: userIdSchema.parse(user.id),
  username: user.username,
  role: roleSchema.parse(user.role),
  via,
  scopes,
});
