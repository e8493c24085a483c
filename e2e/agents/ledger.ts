// What a fake model has answered: every call with what it was said to have used, and what it was sent.
import type { Tokens } from '@roundhouse/protocol';
import type { StatedUsage } from './directives.js';

export interface Call {
  readonly at: number;
  readonly path: string;
  readonly model: string;
  readonly tokens: Tokens;
  /** Not part of the conversation: titles, routers, summaries. */
  readonly side: boolean;
  /** The texts that were sent, oldest first. */
  readonly sent: readonly string[];
}

const zero: Tokens = { input: 0, output: 0, cacheRead: 0, cacheCreation: 0, reasoning: 0 };

export class Ledger {
  readonly calls: Call[] = [];
  #begun = 0;

  /**
   * What the next call is said to have used. Different for each, so that a sum which leaves one out or takes one twice is seen.
   * `kinds`: those that the API knows.
   */
  next(stated: StatedUsage, kinds: { readonly cacheCreation: boolean; readonly reasoning: boolean }): Tokens {
    this.#begun += 1;
    const n = this.#begun;
    return {
      input: stated.in ?? 1000 + 7 * n,
      output: stated.out ?? 80 + 3 * n,
      cacheRead: stated.cr ?? 900 + 11 * n,
      cacheCreation: kinds.cacheCreation ? (stated.cw ?? 300 + 13 * n) : 0,
      reasoning: kinds.reasoning ? (stated.think ?? 20 + n) : 0,
    };
  }

  /** A call counts when it was answered to its end. */
  add(call: Omit<Call, 'at'>): void {
    this.calls.push({ at: performance.now(), ...call });
  }

  /** Calls of the conversation itself. */
  get main(): Call[] {
    return this.calls.filter(({ side }) => !side);
  }

  total(counted: (call: Call) => boolean = () => true): Tokens {
    return this.calls.filter(counted).reduce(
      (sum, { tokens }) => ({
        input: sum.input + tokens.input,
        output: sum.output + tokens.output,
        cacheRead: sum.cacheRead + tokens.cacheRead,
        cacheCreation: sum.cacheCreation + tokens.cacheCreation,
        reasoning: sum.reasoning + tokens.reasoning,
      }),
      zero,
    );
  }
}
