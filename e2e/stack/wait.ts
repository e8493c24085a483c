// Waiting for something that another process does.
import { setTimeout as sleep } from 'node:timers/promises';

/** How often a condition is looked at. */
const pollMs = 50;

export interface UntilOptions {
  readonly what: string;
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/** Looks until `look` gives something other than null, undefined or false. @throws Error after the time */
export async function until<T>(
  look: () => T | Promise<T>,
  { what, timeoutMs = 15_000, everyMs = pollMs }: UntilOptions,
): Promise<NonNullable<Exclude<T, false>>> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen as NonNullable<Exclude<T, false>>;
    if (Date.now() > end) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await sleep(everyMs);
  }
}
