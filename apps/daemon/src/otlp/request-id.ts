// The identity of an event: the same when it is sent again, whichever batch it comes in.
import type { Said } from './said.js';
import { shortHash } from './series-key.js';

export interface IdentityRule {
  readonly is: string;
  readonly id: readonly string[];
  readonly orId: readonly string[];
}

/** By the names that the rule gives first, else by those it gives then, else by everything the event says. */
export function identityOf({ is, id, orId }: IdentityRule, said: Said): string {
  for (const [tag, names] of [
    ['id', id],
    ['or', orId],
  ] as const) {
    const parts = names.map((name) => said.get(name) ?? null);
    if (names.length > 0 && parts.some((part) => part !== null && part !== '')) {
      return shortHash(JSON.stringify([is, tag, ...parts]));
    }
  }
  return shortHash(JSON.stringify([is, said.time.toString(), ...said.everything()]));
}

/** As daemons before version 2 of the state named a request: what they counted may be sent again after an update. */
export function earlierIdentityOf({ id: [first = ''], orId }: IdentityRule, said: Said): string {
  const own = said.get(first) ?? '';
  if (own !== '') return shortHash(`id ${String(own)}`);
  const parts = orId.map((name) => said.get(name) ?? null);
  if (parts.some((part) => part !== null)) return shortHash(JSON.stringify(parts));
  return shortHash(JSON.stringify([said.time.toString(), ...said.everything()]));
}
