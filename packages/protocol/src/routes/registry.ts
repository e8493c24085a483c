// Every REST route of the hub, by resource.
import { authRoutes } from './auth.js';
import { backupRoutes } from './backups.js';
import { budgetRoutes } from './budgets.js';
import { hostRoutes } from './hosts.js';
import { profileRoutes } from './profiles.js';
import { sessionRoutes } from './sessions.js';
import { settingsRoutes } from './settings.js';
import { systemRoutes } from './system.js';
import { summaryRoutes } from './summary.js';
import { usageRoutes } from './usage.js';

export const routes = {
  auth: authRoutes,
  backups: backupRoutes,
  budgets: budgetRoutes,
  hosts: hostRoutes,
  profiles: profileRoutes,
  sessions: sessionRoutes,
  settings: settingsRoutes,
  system: systemRoutes,
  summary: summaryRoutes,
  usage: usageRoutes,
} as const;
