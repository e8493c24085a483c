// The one decision on who may do what: role, scopes of an API token, and a fresh second factor where asked for.
import { AppError, roleMay, stepUpPermissions, type Permission } from '@roundhouse/protocol';
import type { Actor } from './actor.js';

/** Null when the actor may. `public` and `daemon` are not held by users and never granted here. */
export function refusal(actor: Actor | null, permission: Permission): AppError | null {
  if (!actor) return new AppError('UNAUTHENTICATED');
  if (!roleMay(actor.role, permission)) {
    return new AppError('FORBIDDEN', { message: `The role ${actor.role} has no permission ${permission}` });
  }
  if (!scopeAllows(actor, permission)) {
    return new AppError('FORBIDDEN', { message: `This API token has no scope ${permission}` });
  }
  if (stepUpPermissions.includes(permission)) {
    return new AppError('FORBIDDEN', { message: 'This needs a fresh second factor' });
  }
  return null;
}

/** Who one is may be asked with any token; everything else only within its scopes. */
const scopeAllows = (actor: Actor, permission: Permission): boolean =>
  actor.scopes === null || permission === 'self' || actor.scopes.includes(permission);
