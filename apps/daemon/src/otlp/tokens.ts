// From an agent's own way of counting to one: input without cached tokens, output with reasoning.
import type { Tokens } from '@roundhouse/protocol';

/** As the agent says it. */
export interface RawTokens {
  input: number;
  output: number;
  cacheRead: number;
  cacheCreation: number;
  reasoning: number;
  /** Sent beside `input`: results of tools. */
  toolInput: number;
}

export interface CountingHabits {
  readonly inputIncludesCacheRead: boolean;
  readonly inputIncludesCacheCreation: boolean;
  readonly outputIncludesReasoning: boolean;
}

export const noRawTokens: Readonly<RawTokens> = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheCreation: 0,
  reasoning: 0,
  toolInput: 0,
};

/** Never negative: an agent that says more cached than sent has sent nothing else. */
export function exclusive(raw: RawTokens, habits: CountingHabits): Tokens {
  const cached =
    (habits.inputIncludesCacheRead ? raw.cacheRead : 0) +
    (habits.inputIncludesCacheCreation ? raw.cacheCreation : 0);
  return {
    input: Math.max(0, raw.input - cached) + raw.toolInput,
    output: raw.output + (habits.outputIncludesReasoning ? 0 : raw.reasoning),
    cacheRead: raw.cacheRead,
    cacheCreation: raw.cacheCreation,
    reasoning: raw.reasoning,
  };
}

/** Everything that was billed; reasoning is in the output already. */
export const totalOf = ({ input, output, cacheRead, cacheCreation }: Tokens): number =>
  input + output + cacheRead + cacheCreation;

/** Everything that was sent: what fills the model's window. */
export const sentOf = ({ input, cacheRead, cacheCreation }: Tokens): number =>
  input + cacheRead + cacheCreation;

export const addTokens = (a: Tokens, b: Tokens): Tokens => ({
  input: a.input + b.input,
  output: a.output + b.output,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheCreation: a.cacheCreation + b.cacheCreation,
  reasoning: a.reasoning + b.reasoning,
});
