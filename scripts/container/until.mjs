// Owns waiting for something outside this process: asks again until it is so, or says what did not come.
import { setTimeout as sleep } from 'node:timers/promises';
import { RunError } from '../run/output.mjs';

const pauseMs = 200;

/** Resolves to the first truthy value of `probe`. Throws a RunError that names `what` after `ms`. */
export async function until(probe, { what, ms = 30_000 }) {
  const end = performance.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > end) throw new RunError(`Waited ${ms / 1000} s in vain for ${what}`);
    await sleep(pauseMs);
  }
}
