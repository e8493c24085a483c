// Backups of the hub: what there is, and one more now. Restoring one takes a hub that is stopped.
import { defineRoute } from '../define.js';
import { backupsSchema } from '../model/backup.js';
import { emptySchema } from '../model/common.js';

const none = emptySchema;

export const backupRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/api/v1/backups',
    permission: 'settings.view',
    doc: 'Backups that the hub has made of itself, how many are kept, and why the last one failed.',
    params: none,
    query: none,
    body: none,
    reply: backupsSchema,
    status: 200,
  }),
  create: defineRoute({
    method: 'POST',
    path: '/api/v1/backups',
    permission: 'backup.create',
    doc: 'Begin a backup of the hub; the answer does not wait for its end. While one is being made, that one is meant.',
    params: none,
    query: none,
    body: none,
    reply: backupsSchema,
    status: 202,
  }),
} as const;
