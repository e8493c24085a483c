// What the address of the fleet page carries: filter, search and view.
import { z } from 'zod';

export const fleetFilters = ['all', 'waiting', 'crashed', 'working', 'idle', 'unknown', 'ended'] as const;
export type FleetFilter = (typeof fleetFilters)[number];
/** `live`: cards with the last lines of each screen; `cards`: the same without them. */
export const fleetViews = ['live', 'cards', 'table'] as const;
export type FleetView = (typeof fleetViews)[number];

/** Anything else in the address is dropped without a complaint. */
export const fleetSearchSchema = z.object({
  state: z.enum(fleetFilters).exclude(['all']).optional().catch(undefined),
  q: z.string().max(200).optional().catch(undefined),
  view: z.enum(fleetViews).optional().catch(undefined),
});
export type FleetSearch = z.infer<typeof fleetSearchSchema>;
