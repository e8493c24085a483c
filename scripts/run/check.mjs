// Owns `npm run check`: runs its steps two at a time, shows what failed, and ends with a table.
import { spawnSync } from 'node:child_process';
import { build } from './build.mjs';
import { capture } from './child.mjs';
import { checkSteps } from './check-steps.mjs';
import { RunError, elapsed, say } from './output.mjs';
import { root, tool } from './paths.mjs';
import { runInOrder } from './schedule.mjs';

/** No arguments: everything. Names of steps: those. `--staged`: the fast part, on what is about to be committed. */
export async function run(args) {
  if (args.includes('--staged')) return checkStaged();
  const known = checkSteps.map((step) => step.name);
  const unknown = args.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new RunError(`Unknown check: ${unknown.join(', ')}.`, {
      hint: `There are: ${known.join(', ')}`,
      exitCode: 2,
    });
  }
  await build({ only: ['prisma'] });
  const steps = checkSteps.filter((step) => args.length === 0 || args.includes(step.name));
  const seconds = new Map();
  const outcome = await runInOrder(steps, async (step) => {
    const startedAt = performance.now();
    const done = await runStep(step);
    seconds.set(step.name, elapsed(startedAt));
    if (done.code !== 0) process.stdout.write(`\n── ${step.name} ──\n${done.output.trim()}\n`);
    return done.code === 0;
  });
  printTable(steps, outcome, seconds);
  return [...outcome.values()].every((state) => state === 'passed') ? 0 : 1;
}

function runStep({ name, argv: [command, ...args] }) {
  return capture(command, args, { label: name, env: { ...process.env, NO_COLOR: '1' } });
}

function printTable(steps, outcome, seconds) {
  console.log('');
  for (const { name, fix } of steps) {
    const state = outcome.get(name);
    const time = seconds.has(name) ? `${seconds.get(name).padStart(6)} s` : '        ';
    console.log(`${name.padEnd(14)} ${state.padEnd(8)} ${time}${state === 'failed' ? `   fix: ${fix}` : ''}`);
  }
}

/** What the pre-commit hook runs: format and lint of the staged files, and the size rule. Seconds, not minutes. */
async function checkStaged() {
  const git = ['diff', '--cached', '--name-only', '--diff-filter=ACMR', '-z'];
  const files = spawnSync('git', git, { cwd: root, encoding: 'utf8' }).stdout.split('\0').filter(Boolean);
  if (files.length === 0) return 0;
  const code = files.filter((file) => /\.(ts|tsx|mjs|cjs|js)$/.test(file));
  const steps = [
    [tool.prettier, '--check', '--ignore-unknown', '--log-level', 'warn', ...files],
    ['scripts/check-sizes.mjs'],
    ...(code.length > 0 ? [[tool.eslint, '--no-warn-ignored', '--max-warnings', '0', ...code]] : []),
  ];
  const results = await Promise.all(steps.map((argv) => capture(process.execPath, argv)));
  const failed = results.filter((result) => result.code !== 0);
  for (const { output } of failed) process.stdout.write(`${output.trim()}\n`);
  if (failed.length > 0) say('commit stopped; fix the above, or commit with --no-verify and let CI tell');
  return failed.length > 0 ? 1 : 0;
}
