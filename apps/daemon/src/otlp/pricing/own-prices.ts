// The prices that a person set: the first entry that fits a model counts, before the price list.
import { priceListSchema, type Price, type PriceList, type Tokens } from '@roundhouse/protocol';
import { parse } from 'yaml';
import { z } from 'zod';
import { namesOf, nanosOf } from './price.js';

/** `prices.yaml`, as people write it: dollars per million tokens. */
const fileSchema = z.strictObject({
  models: z
    .array(
      z.strictObject({
        match: z.string().min(1).max(200),
        input: z.number().nonnegative().optional(),
        output: z.number().nonnegative().optional(),
        cache_read: z.number().nonnegative().optional(),
        cache_write: z.number().nonnegative().optional(),
        context: z.int().positive().optional(),
      }),
    )
    .max(200),
});

/** @throws when it is not one; the message says why */
export function parsePriceFile(text: string, changedAt: string | null): PriceList {
  const { models } = fileSchema.parse(parse(text) ?? { models: [] });
  return priceListSchema.parse({
    models: models.map(({ cache_read: cacheRead, cache_write: cacheCreation, ...price }) => ({
      ...price,
      ...(cacheRead === undefined ? {} : { cacheRead }),
      ...(cacheCreation === undefined ? {} : { cacheCreation }),
    })),
    changedAt,
  });
}

export interface OwnPrices {
  /** Nano-dollars; null when no entry with a price fits. */
  price(model: string, tokens: Tokens): number | null;
  /** Tokens that fit into the window; null when no entry says so. */
  windowOf(model: string): number | null;
  readonly size: number;
}

/** Entries whose expression does not compile fit nothing. */
export function compilePrices(lists: readonly PriceList[]): OwnPrices {
  const entries = lists.flatMap(({ models }) =>
    models.map((price) => ({ price, like: compiled(price.match) })),
  );
  const first = (model: string, says: (price: Price) => boolean): Price | undefined => {
    const names = namesOf(model);
    return entries.find(({ price, like }) => says(price) && names.some((name) => like?.test(name)))?.price;
  };
  return {
    price(model, tokens) {
      const price = first(model, ({ input, output }) => input !== undefined || output !== undefined);
      return price === undefined ? null : nanosOf(dollarsOf(price, tokens));
    },
    windowOf: (model) => first(model, ({ context }) => context !== undefined)?.context ?? null,
    size: entries.length,
  };
}

function compiled(source: string): RegExp | null {
  try {
    return new RegExp(source);
  } catch {
    return null;
  }
}

/** Cached tokens without a price of their own cost what others cost. */
function dollarsOf(price: Price, tokens: Tokens): number {
  const { input = 0, output = 0, cacheRead = input, cacheCreation = input } = price;
  const perMillion =
    tokens.input * input +
    tokens.output * output +
    tokens.cacheRead * cacheRead +
    tokens.cacheCreation * cacheCreation;
  return perMillion / 1e6;
}
