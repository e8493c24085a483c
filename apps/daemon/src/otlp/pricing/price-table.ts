// The price list that comes with Roundhouse. It is loaded when the first agent needs it, and never from the network.
import type * as GenaiPrices from '@pydantic/genai-prices';
import type { Tokens } from '@roundhouse/protocol';
import { namesOf, nanosOf } from './price.js';

type List = Pick<typeof GenaiPrices, 'calcPrice'>;

/** Of the package; `price-table.spec.ts` compares it with what is installed. */
export const priceListVersion = '0.1.8';
/** Models whose answer is remembered; more means names without bound. */
const maxRemembered = 200;

export class PriceTable {
  #list: List | null = null;
  #loading: Promise<void> | null = null;
  /** The name under which the list knows a model; null when it does not. */
  readonly #known = new Map<string, string | null>();
  readonly #windows = new Map<string, number | null>();

  /** Resolves when questions can be answered. */
  load(): Promise<void> {
    this.#loading ??= import('@pydantic/genai-prices').then((list) => {
      this.#list = list;
    });
    return this.#loading;
  }

  /** Nano-dollars; null when the model is not in the list. */
  price(model: string, tokens: Tokens, ms: number): number | null {
    const name = this.#nameOf(model);
    if (name === null) return null;
    const cost = this.#list?.calcPrice(
      {
        // The list wants everything that was sent here, cached or not.
        input_tokens: tokens.input + tokens.cacheRead + tokens.cacheCreation,
        output_tokens: tokens.output,
        cache_read_tokens: tokens.cacheRead,
        cache_write_tokens: tokens.cacheCreation,
      },
      name,
      { timestamp: new Date(ms) },
    );
    return cost ? nanosOf(cost.total_price) : null;
  }

  windowOf(model: string): number | null {
    this.#nameOf(model);
    return this.#windows.get(model) ?? null;
  }

  #nameOf(model: string): string | null {
    if (this.#list === null) return null;
    const remembered = this.#known.get(model);
    if (remembered !== undefined) return remembered;
    if (this.#known.size >= maxRemembered) {
      this.#known.clear();
      this.#windows.clear();
    }
    for (const name of namesOf(model)) {
      const found = this.#list.calcPrice({ input_tokens: 0, output_tokens: 0 }, name);
      if (found === null) continue;
      this.#known.set(model, name);
      this.#windows.set(model, found.model.context_window ?? null);
      return name;
    }
    this.#known.set(model, null);
    return null;
  }
}
