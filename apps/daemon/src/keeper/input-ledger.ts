// What input was applied already, per client: each sequence number once and in order. Pure.

/** Clients remembered; beyond it the longest silent one is forgotten and must start again at 1. */
export const MAX_CLIENTS = 256;

export type InputVerdict = { kind: 'apply' } | { kind: 'repeat' } | { kind: 'gap'; expected: number };

export class InputLedger {
  /** Last applied number per client, longest silent first. */
  readonly #last = new Map<string, number>();

  judge(client: string, seq: number): InputVerdict {
    const last = this.#last.get(client) ?? 0;
    if (seq <= last) return { kind: 'repeat' };
    return seq === last + 1 ? { kind: 'apply' } : { kind: 'gap', expected: last + 1 };
  }

  /** Call once the bytes of an `apply` are handed to the PTY. */
  applied(client: string, seq: number): void {
    this.#last.delete(client);
    this.#last.set(client, seq);
    if (this.#last.size <= MAX_CLIENTS) return;
    const [oldest] = this.#last.keys();
    if (oldest !== undefined) this.#last.delete(oldest);
  }
}
