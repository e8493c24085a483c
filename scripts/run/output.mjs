// Owns what the person at the terminal reads: progress lines with seconds, and errors that say what to do.
import process from 'node:process';

const startedAt = performance.now();

/** Seconds since this command began, with one decimal. */
export const elapsed = (since = startedAt) => ((performance.now() - since) / 1000).toFixed(1);

/** A progress line: `[  3.2s] text`. Goes to stderr, so that stdout carries results only. */
export function say(text) {
  process.stderr.write(`[${elapsed().padStart(6)}s] ${text}\n`);
}

/** A failure that the person can act on: shown as a message and a hint, without a stack. */
export class RunError extends Error {
  constructor(message, { hint, exitCode = 1, cause } = {}) {
    super(message, { cause });
    this.name = 'RunError';
    this.hint = hint;
    this.exitCode = exitCode;
  }
}
