// What the address of the hosts page carries: filter, and the host whose details are open.
import { z } from 'zod';

export const hostFilters = ['all', 'online', 'offline', 'pending'] as const;
export type HostFilter = (typeof hostFilters)[number];

/** Anything else in the address is dropped without a complaint. */
export const hostsSearchSchema = z.object({
  state: z.enum(hostFilters).exclude(['all']).optional().catch(undefined),
  host: z.uuid().optional().catch(undefined),
});
