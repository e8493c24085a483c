// Settings of the hub: read only, since the environment and roundhouse.yaml are the truth.
import { z } from 'zod';
import { defineRoute } from '../define.js';
import { emptySchema, instantSchema } from '../model/common.js';
import { settingSchema } from '../model/setting.js';
import { fieldErrorSchema } from '../result.js';

const hubSettingsSchema = z.object({
  /** roundhouse.yaml; null when there is none. */
  file: z.string().nullable(),
  /** Where it is looked for, first one first. */
  places: z.array(z.string()),
  /** When it was read last without a mistake. */
  loadedAt: instantSchema,
  /** Why what stands in the file now is not used; what held before holds. */
  problems: z.array(fieldErrorSchema),
  items: z.array(settingSchema),
});
export type HubSettingsReply = z.infer<typeof hubSettingsSchema>;

export const settingsRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/api/v1/settings',
    permission: 'settings.view',
    doc: 'Every setting of the hub, with its source and default. Secrets are told as set or not, never their value.',
    params: emptySchema,
    query: emptySchema,
    body: emptySchema,
    reply: hubSettingsSchema,
    status: 200,
  }),
} as const;
