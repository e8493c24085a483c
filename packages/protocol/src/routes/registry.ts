// Every REST route of the hub, by resource.
import { authRoutes } from './auth.js';
import { hostRoutes } from './hosts.js';
import { profileRoutes } from './profiles.js';
import { sessionRoutes } from './sessions.js';
import { systemRoutes } from './system.js';
import { usageRoutes } from './usage.js';

export const routes = {
  auth: authRoutes,
  hosts: hostRoutes,
  profiles: profileRoutes,
  sessions: sessionRoutes,
  system: systemRoutes,
  usage: usageRoutes,
} as const;
