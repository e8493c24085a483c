// Owns `npm test`: builds what is stale, runs Vitest, then Playwright, and ends with the sum of their counts.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { passThrough } from './child.mjs';
import { countPlaywright, countVitest, countsLine, judge, sum } from './counts.mjs';
import { elapsed, say } from './output.mjs';
import { inRoot, tool } from './paths.mjs';
import { previousBuild } from './previous-build.mjs';

/** Settings of a Roundhouse that the developer runs; a test that saw them would touch real data. */
const productSetting =
  /^(ROUNDHOUSE_(?!SCREENSHOT$)|OTEL_|(DATABASE_URL|HUB_URL|JOIN_TOKEN|PROJECTS_ROOT|OTLP_PORT)$)/;

/** `--unit` or `--e2e` run one kind; everything else is handed to Vitest (and then e2e is left out). */
export async function run(args) {
  const forVitest = args.filter((arg) => arg !== '--unit' && arg !== '--e2e');
  const wantsUnit = !args.includes('--e2e') || forVitest.length > 0;
  const wantsE2e = args.includes('--e2e') || (!args.includes('--unit') && forVitest.length === 0);
  await build();
  const reports = mkdtempSync(join(tmpdir(), 'roundhouse-reports-'));
  const results = [];
  try {
    if (wantsUnit) results.push(await runVitest(reports, forVitest));
    if (wantsE2e && hasE2e()) {
      const previous = await previousBuild();
      results.push(await runPlaywright(reports, { env: previous ? { E2E_PREVIOUS: previous } : {} }));
    }
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
  const total = sum(results);
  console.log(countsLine(total));
  return total.failed > 0 || results.length === 0 ? 1 : 0;
}

const hasE2e = () => existsSync(inRoot('e2e/playwright.config.ts'));

function testEnv(extra = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !productSetting.test(name));
  return { ...Object.fromEntries(kept), ...extra };
}

async function runVitest(reports, args) {
  const reportPath = join(reports, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
  const argv = [tool.vitest, 'run', ...reporters, ...args];
  return runRunner({ name: 'unit', argv, reportPath, read: countVitest, env: testEnv() });
}

export async function runPlaywright(reports, { args = [], env: extra = {} } = {}) {
  const reportPath = join(reports, 'playwright.json');
  const env = testEnv({ PLAYWRIGHT_JSON_OUTPUT_FILE: reportPath, ...extra });
  const argv = [tool.playwright, 'test', '--reporter=list,json', ...args];
  return runRunner({ name: 'e2e', argv, reportPath, read: countPlaywright, env, cwd: inRoot('e2e') });
}

async function runRunner({ name, argv, reportPath, read, env, cwd }) {
  const startedAt = performance.now();
  const code = await passThrough(process.execPath, argv, { env, cwd });
  const verdict = judge({ code, reportPath, read });
  if (verdict.ranNothing) say(`${name} tests: the runner executed no test, which counts as a failure`);
  say(`${name} tests: ${countsLine(verdict)} in ${elapsed(startedAt)} s`);
  return verdict;
}
