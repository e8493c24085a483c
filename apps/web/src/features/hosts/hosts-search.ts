// What the addresses of the hosts page and of the page of one host carry.
import { metricsWindowSchema } from '@roundhouse/protocol';
import { z } from 'zod';

export const hostFilters = ['all', 'online', 'offline', 'pending'] as const;
export type HostFilter = (typeof hostFilters)[number];

/** Anything else in the address is dropped without a complaint. */
export const hostsSearchSchema = z.object({
  state: z.enum(hostFilters).exclude(['all']).optional().catch(undefined),
  /** The host that an older address shows. */
  host: z.uuid().optional().catch(undefined),
});

export const hostSearchSchema = z.object({
  window: metricsWindowSchema.exclude(['1h']).optional().catch(undefined),
});
