// What the address of the settings page carries.
import { hostIdSchema } from '@roundhouse/protocol';
import { z } from 'zod';

/** Anything else in the address is dropped without a complaint. */
export const settingsSearchSchema = z.object({
  /** The machine whose settings are shown; without it, the hub's. */
  host: hostIdSchema.optional().catch(undefined),
});
