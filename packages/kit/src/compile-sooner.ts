// A process that passes keystrokes on runs the same code a few times a second for days. V8 waits for thousands of calls before it
// compiles code well, which at that pace is most of an hour.
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';

/**
 * In units of V8's own (bytes of bytecode run), 67,584 and 8 by default. A sixth and a quarter took 0.2 to 0.3 ms off an echo
 * after 1,500 keys; less than that, nothing more.
 */
const flags = ['--interrupt-budget=12000', '--interrupt-budget-factor-for-feedback-allocation=2'] as const;

/** Of Node 20. Later ones do not know these flags, and would say so on stderr, where a person looks for errors. */
const knowsFlags = process.versions.v8.startsWith('11.');

/** To be called once a program has started: what runs only then is not worth it. */
export function compileSooner(): void {
  if (!knowsFlags) return;
  for (const flag of flags) setFlagsFromString(flag);
}
