// What the address of a session carries: which of its views is open.
import { z } from 'zod';

export const sessionTabs = ['terminal', 'telemetry'] as const;
export type SessionTab = (typeof sessionTabs)[number];

/** Anything else in the address is dropped without a complaint. */
export const sessionSearchSchema = z.object({ tab: z.literal('telemetry').optional().catch(undefined) });
