import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { countPlaywright, countVitest, countsLine, judge, sum } from './counts.mjs';

const file = (status, ...tests) => ({ status, assertionResults: tests.map((each) => ({ status: each })) });
const report = (...testResults) => ({ testResults });

const all = mkdtempSync(join(tmpdir(), 'roundhouse-counts-'));
afterAll(() => {
  rmSync(all, { recursive: true });
});

function reportFile(value) {
  const path = join(mkdtempSync(join(all, 'one-')), 'report.json');
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

describe('counts', () => {
  it('counts tests of Vitest by state', () => {
    const counts = countVitest(
      report(file('passed', 'passed', 'skipped'), file('failed', 'failed', 'passed', 'todo')),
    );
    expect(counts).toEqual({ passed: 2, failed: 1, skipped: 2 });
  });

  it('counts a file that does not load as one failure', () => {
    expect(countVitest(report(file('failed'), file('passed', 'passed')))).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });

  it('counts tests of Playwright, and an error outside of any test', () => {
    const stats = { expected: 3, unexpected: 0, flaky: 1, skipped: 2 };
    expect(countPlaywright({ stats, errors: [] })).toEqual({ passed: 4, failed: 0, skipped: 2 });
    expect(countPlaywright({ stats, errors: [{}] })).toMatchObject({ failed: 1 });
  });

  it.each([
    ['a runner that executed no test', 0, report()],
    ['a runner that executed skipped tests only', 0, report(file('passed', 'skipped'))],
    ['an exit code that no test explains', 1, report(file('passed', 'passed'))],
    ['a report that is not there', 0, undefined],
    ['a report that is cut off', 0, '{"testRes'],
  ])('fails %s', (_case, code, value) => {
    const reportPath = value === undefined ? '/nonexistent/report.json' : reportFile(value);
    expect(judge({ code, reportPath, read: countVitest }).failed).toBe(1);
  });

  it('writes the last line', () => {
    const total = sum([
      { passed: 2, failed: 1, skipped: 0 },
      { passed: 3, failed: 0, skipped: 0 },
    ]);
    expect(countsLine(total)).toBe('5 passed, 1 failed');
    expect(countsLine({ ...total, skipped: 4 })).toBe('5 passed, 1 failed, 4 skipped');
  });
});
