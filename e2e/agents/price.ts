// What the price list says that calls cost: each call is priced and rounded to nano-dollars once.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { inRepository } from '../stack/paths.js';
import type { Call } from './ledger.js';

/** Dollars for a million tokens of a model that the list does not know. */
export interface OwnPrice {
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
}

type CalcPrice = (
  usage: Readonly<Record<string, number>>,
  model: string,
) => { readonly total_price: number } | null;

/** In integer nano-dollars. @throws Error when neither the list nor the own price knows the model */
export async function nanosOf(calls: readonly Call[], own: OwnPrice | null): Promise<number> {
  const from = createRequire(inRepository('apps/daemon/package.json'));
  const list = (await import(pathToFileURL(from.resolve('@pydantic/genai-prices')).href)) as {
    calcPrice: CalcPrice;
  };
  const dollars = ({ model, tokens }: Call): number => {
    if (own?.model === model) {
      const { input, output, cacheRead } = own;
      return (tokens.input * input + tokens.output * output + tokens.cacheRead * cacheRead) / 1e6;
    }
    const usage = {
      input_tokens: tokens.input + tokens.cacheRead + tokens.cacheCreation,
      output_tokens: tokens.output,
      cache_read_tokens: tokens.cacheRead,
      cache_write_tokens: tokens.cacheCreation,
    };
    const price = list.calcPrice(usage, model);
    if (!price) throw new Error(`the price list does not know ${model}`);
    return price.total_price;
  };
  return calls.reduce((sum, call) => sum + Math.round(dollars(call) * 1e9), 0);
}

/** The own price as the daemon reads it. */
export const priceFile = ({ model, input, output, cacheRead }: OwnPrice): string =>
  `models:\n  - match: '^${model}$'\n    input: ${String(input)}\n    output: ${String(output)}\n    cache_read: ${String(cacheRead)}\n`;
