// Owns `npm run test:fresh`: proves that a fresh clone with an empty HOME works, for root and for an ordinary user,
// and again after everything was killed. Outside of `npm test`: it installs and builds twice.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countsLine } from './counts.mjs';
import { freshClone } from './fresh/clone.mjs';
import { runNpmTest, startAndProbe } from './fresh/npm.mjs';
import { killMarked } from './fresh/marked.mjs';
import { RunError, elapsed, say } from './output.mjs';

const flags = ['--skip-tests', '--keep', '--root', '--user'];

/** `--skip-tests`: no `npm test` in the clones. `--root` or `--user`: one of the two only. `--keep`: leave the clones. */
export async function run(args) {
  const unknown = args.filter((arg) => !flags.includes(arg));
  if (unknown.length > 0) {
    throw new RunError(`Unknown: ${unknown.join(' ')}`, {
      hint: `There are: ${flags.join(', ')}`,
      exitCode: 2,
    });
  }
  const base = mkdtempSync(join(tmpdir(), 'roundhouse-fresh-'));
  // The ordinary user must get to its clone below it.
  chmodSync(base, 0o755);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    for (const account of chooseAccounts(args)) {
      if (account.missing) {
        say(`${account.name}: skipped, ${account.missing}`);
        counts.skipped++;
        continue;
      }
      await proveAccount({ account, base, counts, skipTests: args.includes('--skip-tests') });
    }
  } finally {
    if (args.includes('--keep')) say(`clones are kept in ${base}`);
    else rmSync(base, { recursive: true, force: true });
  }
  console.log(countsLine(counts));
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

/** `prefix` runs a command as that account. */
function chooseAccounts(args) {
  const isRoot = process.getuid() === 0;
  const id = (flag) => spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout.trim();
  const accounts = [
    { name: 'root', flag: '--root', prefix: [], missing: isRoot ? undefined : 'this is not root' },
    isRoot
      ? {
          name: 'ordinary user',
          flag: '--user',
          owner: `${id('-u')}:${id('-g')}`,
          prefix: [
            'setpriv',
            `--reuid=${id('-u')}`,
            `--regid=${id('-g')}`,
            '--clear-groups',
            '--no-new-privs',
          ],
        }
      : { name: 'ordinary user', flag: '--user', prefix: [] },
  ];
  const wanted = args.filter((arg) => arg === '--root' || arg === '--user');
  return accounts.filter(({ flag }) => wanted.length === 0 || wanted.includes(flag));
}

async function proveAccount({ account, base, counts, skipTests }) {
  const dir = join(base, account.name.replace(' ', '-'));
  mkdirSync(dir);
  const fresh = freshClone(dir, account);
  const steps = [
    ['npm start in a fresh clone', () => startAndProbe(fresh, { maxReadyS: 600 })],
    ['npm start again', () => startAndProbe(fresh, { maxReadyS: 60, end: 'kill' })],
    ['npm start after kill -9 of everything', () => startAndProbe(fresh, { maxReadyS: 60 })],
    ...(skipTests ? [] : [['npm test in the clone', () => runNpmTest(fresh)]]),
  ];
  for (const [index, [title, step]] of steps.entries()) {
    const startedAt = performance.now();
    const problem = await step().then(
      (facts) =>
        void say(`${account.name}: ${title}: passed in ${elapsed(startedAt)} s${facts ? ` (${facts})` : ''}`),
      (error) => error,
    );
    if (problem) say(`${account.name}: ${title}: FAILED after ${elapsed(startedAt)} s\n${problem.message}`);
    counts[problem ? 'failed' : 'passed']++;
    if (!problem) continue;
    counts.skipped += steps.length - index - 1;
    break;
  }
  await killMarked(fresh.marker);
}
