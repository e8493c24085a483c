// Owns `npm run test:database`: a minute without a database, with a slow one, with one that takes no changes, with a full disk.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { countsLine } from './counts.mjs';
import { runPlaywright } from './test.mjs';

/** Everything that is given goes to Playwright: `-g R:C16`, for example. `E2E_OUTAGE_S=20` shortens the minute. */
export async function run(args) {
  await build();
  const reports = mkdtempSync(join(tmpdir(), 'roundhouse-reports-'));
  try {
    // One after the other: what is measured must not share its processors with another test.
    const env = { E2E_DATABASE: '1' };
    const counts = await runPlaywright(reports, { args: ['--workers=1', 'specs/database', ...args], env });
    console.log(countsLine(counts));
    return counts.failed > 0 ? 1 : 0;
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}
