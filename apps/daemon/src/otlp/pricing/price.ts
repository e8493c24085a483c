// What a request costs: the question, whoever answers it, and the arithmetic of the answer.
import type { Tokens } from '@roundhouse/protocol';

/**
 * Nano-dollars of one request, rounded once; null when no price is known.
 * @param model without a marker
 * @param ms when it was made
 */
export type Pricer = (model: string | null, tokens: Tokens, ms: number) => number | null;

/** Prices and windows of models, whoever keeps them. */
export interface Prices {
  /** For people: what an estimate was made with. */
  readonly version: string;
  readonly price: Pricer;
  /** Takes up what has changed; to be awaited before a price is asked for. Never rejects. */
  refresh(): Promise<void>;
  /** Tokens that fit into a model's window, as the user says; null when they do not. */
  ownWindowOf(model: string): number | null;
  /** As the price list says. */
  listedWindowOf(model: string): number | null;
}

export const noPrices: Prices = {
  version: 'none',
  price: () => null,
  refresh: () => Promise.resolve(),
  ownWindowOf: () => null,
  listedWindowOf: () => null,
};

/** Null for what cannot be money. */
export function nanosOf(dollars: number): number | null {
  const nanos = Math.round(dollars * 1e9);
  return Number.isSafeInteger(nanos) && nanos >= 0 ? nanos : null;
}

/** The name itself, then without its provider and what some clouds put behind it. */
export function namesOf(model: string): string[] {
  const bare = model.slice(model.lastIndexOf('/') + 1);
  return [...new Set([model, bare, bare.replace(/@.*$/, '')])].filter((name) => name !== '');
}
