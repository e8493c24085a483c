// Settings of the hub: read only, since the environment and roundhouse.yaml are the truth.
import { defineRoute } from '../define.js';
import { emptySchema } from '../model/common.js';
import { shownSettingsSchema } from '../model/setting.js';

export const settingsRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/api/v1/settings',
    permission: 'settings.view',
    doc: 'Every setting of the hub, with its source and default. Secrets are told as set or not, never their value.',
    params: emptySchema,
    query: emptySchema,
    body: emptySchema,
    reply: shownSettingsSchema,
    status: 200,
  }),
} as const;
