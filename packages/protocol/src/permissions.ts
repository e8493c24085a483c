// The verbs that routes and events ask for, and which role holds which. One table, tested whole.

/** `public` and `daemon` are not held by users: they name the two ways in without a login. */
export const permissions = [
  'public', // health, setup, login, enrol: no credential; each checks its own token
  'daemon', // a daemon that has proven its host key; limited to that host
  'self', // any signed-in user, about themselves
  'host.view',
  'host.enrol',
  'host.edit',
  'host.delete',
  'project.trust',
  'profile.view',
  'session.view',
  'session.spawn',
  'session.input',
  'session.edit',
  'session.stop',
  'session.delete',
  'worktree.remove',
  'usage.view',
  'metrics.view',
  'price.edit',
  'budget.edit',
  'settings.view',
  'backup.create',
  'token.self',
] as const;
export type Permission = (typeof permissions)[number];

export const roles = ['admin', 'operator', 'viewer'] as const;
export type Role = (typeof roles)[number];

const viewer: readonly Permission[] = [
  'self',
  'host.view',
  'profile.view',
  'session.view',
  'usage.view',
  'metrics.view',
  'token.self',
];
const operator: readonly Permission[] = [
  ...viewer,
  'project.trust',
  'session.spawn',
  'session.input',
  'session.edit',
  'session.stop',
  'session.delete',
  'worktree.remove',
  'budget.edit',
];
const admin: readonly Permission[] = [
  ...operator,
  'host.enrol',
  'host.edit',
  'host.delete',
  'price.edit',
  'settings.view',
  'backup.create',
];

export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = { admin, operator, viewer };

export const roleMay = (role: Role, permission: Permission): boolean =>
  rolePermissions[role].includes(permission);

/**
 * Verbs that ask for a fresh second factor. Empty until second factors exist;
 * the check already runs for every call, so that filling it changes nothing else.
 */
export const stepUpPermissions: readonly Permission[] = [];
