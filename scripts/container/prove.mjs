// Owns running a list of checks in order: what each said, how long it took, what its containers said when one failed.
import { capture } from '../run/child.mjs';
import { RunError, elapsed, say } from '../run/output.mjs';

/** What a check resolves to where it could not be made. */
export const skipped = (why) => ({ why });

/** Rejects at Ctrl-C, so that what was made is removed. */
export const interrupted = () =>
  new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => reject(new RunError(signal)));
  });

/** Ends at the first that fails: those after it build on it, and count as skipped. @returns whether none failed */
export async function prove(list, bed, { counts, containers }) {
  for (const [index, [title, check]] of list.entries()) {
    const startedAt = performance.now();
    try {
      const outcome = await check(bed);
      if (outcome?.why) {
        counts.skipped += 1;
        say(`SKIPPED ${title}: ${outcome.why}`);
        continue;
      }
    } catch (error) {
      counts.failed += 1;
      counts.skipped += list.length - index - 1;
      say(`FAILED ${title} (${elapsed(startedAt)} s): ${error.stack}`);
      for (const name of containers()) {
        const logs = await capture('podman', ['logs', '--tail', '40', name]);
        say(`${name} said:\n${logs.output}`);
      }
      return false;
    }
    counts.passed += 1;
    say(`ok ${title} (${elapsed(startedAt)} s)`);
  }
  return true;
}
