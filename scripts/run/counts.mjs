// Owns the counts: reads the machine-readable report of each test runner and sums them into the one last line.
import { readFileSync } from 'node:fs';

const none = { passed: 0, failed: 0, skipped: 0 };

/**
 * Vitest's JSON report. A file that fails without a failed test of its own (it does not load, or a hook throws)
 * counts as one failure.
 */
export function countVitest(report) {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const count = (...states) => tests.filter((test) => states.includes(test.status)).length;
  return {
    passed: count('passed'),
    failed: count('failed') + brokenFiles.length,
    skipped: count('pending', 'skipped', 'todo', 'disabled'),
  };
}

/** Playwright's JSON report. A test that passed only on a retry (flaky) counts as passed; Playwright lists it. */
export function countPlaywright(report) {
  const { expected, unexpected, flaky, skipped } = report.stats;
  const outside = unexpected === 0 ? (report.errors?.length ?? 0) : 0;
  return { passed: expected + flaky, failed: unexpected + outside, skipped };
}

/**
 * The verdict of one runner: its counts, plus one failure when it ended badly without saying which test, when its
 * report is missing, or when it ran no test at all.
 */
export function judge({ code, reportPath, read }) {
  const counts = readCounts(reportPath, read);
  const ranNothing = counts.passed + counts.failed === 0;
  const unexplained = code !== 0 && counts.failed === 0;
  return ranNothing || unexplained ? { ...counts, failed: counts.failed + 1, ranNothing } : counts;
}

function readCounts(path, read) {
  try {
    return read(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return none;
  }
}

export const sum = (all) =>
  all.reduce(
    (total, each) => ({
      passed: total.passed + each.passed,
      failed: total.failed + each.failed,
      skipped: total.skipped + each.skipped,
    }),
    none,
  );

/** `N passed, N failed`, with `, N skipped` when there are any. */
export function countsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
