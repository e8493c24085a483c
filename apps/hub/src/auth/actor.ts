// Who makes a request or holds a socket.
import type { Permission, Role, UserId } from '@roundhouse/protocol';

export interface Actor {
  readonly userId: UserId;
  readonly username: string;
  readonly role: Role;
  /** How they came in: a cookie session, or an API token, with the id of its row. */
  readonly via: { readonly kind: 'session' | 'token'; readonly id: string };
  /** Verbs of an API token; null when everything that the role may do. */
  readonly scopes: readonly Permission[] | null;
}
