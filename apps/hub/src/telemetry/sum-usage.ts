// What all lives of a session used together. Pure.
import { noTokens, type CostSource, type Tokens, type Usage } from '@roundhouse/protocol';

export interface UsageSums {
  readonly tokens: Tokens;
  readonly costNanos: number;
  readonly costSource: CostSource;
  /** Tokens of models without a price. */
  readonly unpricedTokens: number;
  /** Of the newest life that told one. */
  readonly model: string | null;
  /** Of the newest life: an earlier conversation's window says nothing about this one. */
  readonly context: Usage['context'];
}

/** @param lives usage of each epoch, oldest first */
export function sumUsage(lives: readonly Usage[]): UsageSums {
  const tokens = lives.reduce<Tokens>((sum, { tokens: part }) => addTokens(sum, part), noTokens);
  return {
    tokens,
    costNanos: lives.reduce((sum, { costNanos }) => sum + costNanos, 0),
    costSource: worstSource(lives.map(({ costSource }) => costSource)),
    unpricedTokens: lives.reduce((sum, { unpricedTokens = 0 }) => sum + unpricedTokens, 0),
    model: lives.findLast(({ model }) => model !== null)?.model ?? null,
    context: lives.at(-1)?.context ?? null,
  };
}

const addTokens = (a: Tokens, b: Tokens): Tokens => ({
  input: a.input + b.input,
  output: a.output + b.output,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheCreation: a.cacheCreation + b.cacheCreation,
  reasoning: a.reasoning + b.reasoning,
});

/** A sum with one estimated part is an estimate. */
const worstSource = (sources: readonly CostSource[]): CostSource =>
  sources.includes('estimated') ? 'estimated' : sources.includes('reported') ? 'reported' : 'none';
