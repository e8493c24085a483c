// What the address of the grid carries: its sessions and the layout.
import { z } from 'zod';

export const gridLayouts = ['1x2', '2x2', '3x2', 'focus'] as const;
export type GridLayout = (typeof gridLayouts)[number];

/** 24 ids with their commas, and some room. */
const SET_MAX = 1000;

/** Anything else in the address is dropped without a complaint. */
export const gridSearchSchema = z.object({
  /** Ids with commas. Absent: the set of last time. */
  s: z.string().max(SET_MAX).optional().catch(undefined),
  layout: z.enum(gridLayouts).optional().catch(undefined),
});
export type GridSearch = z.infer<typeof gridSearchSchema>;
