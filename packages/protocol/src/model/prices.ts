// Prices of models that a person sets, before those of the price list. US dollars per million tokens.
import { z } from 'zod';

const dollars = z.number().nonnegative().max(1_000_000);

export const priceSchema = z.strictObject({
  /** Regular expression on the name of the model, without provider and without `[1m]`. */
  match: z.string().min(1).max(200),
  /** Input without cached tokens. */
  input: dollars.optional(),
  output: dollars.optional(),
  cacheRead: dollars.optional(),
  cacheCreation: dollars.optional(),
  /** Size of the context window in tokens. */
  context: z.int().positive().max(100_000_000).optional(),
});
export type Price = z.infer<typeof priceSchema>;

/** The first that matches counts. */
export const priceListSchema = z.strictObject({
  models: z.array(priceSchema).max(200),
  /** When it was changed; null: never. */
  changedAt: z.iso.datetime().nullable(),
});
export type PriceList = z.infer<typeof priceListSchema>;
