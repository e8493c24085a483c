// Owns `npm run test:bar`: the whole length of the tests that `npm test` runs in a short form. An hour, on two cores.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { countsLine } from './counts.mjs';
import { previousBuild } from './previous-build.mjs';
import { runPlaywright } from './test.mjs';

/** Everything that is given goes to Playwright: `-g R:D5`, for example. `E2E_SEED=7` has one seed again. */
export async function run(args) {
  await build();
  const previous = await previousBuild();
  const reports = mkdtempSync(join(tmpdir(), 'roundhouse-reports-'));
  try {
    // One after the other: what is measured must not share its processors with another test.
    const only = args.some((arg) => arg === '-g' || arg === '--grep') ? [] : ['--grep', '@bar'];
    const env = { E2E_BAR: '1', ...(previous ? { E2E_PREVIOUS: previous } : {}) };
    const counts = await runPlaywright(reports, { args: ['--workers=1', ...only, ...args], env });
    console.log(countsLine(counts));
    return counts.failed > 0 ? 1 : 0;
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}
