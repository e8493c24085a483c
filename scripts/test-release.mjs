// Owns `npm run test:release`: the release of HEAD is made twice, in two places and under two masks, zones and languages. Both
// must be the same to the byte, the bill of materials complete, and what is inside must run from where it is unpacked.
// Outside of `npm test`: it builds everything twice.   --out DIR  keeps what was made
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { countsLine } from './run/counts.mjs';
import { RunError, say } from './run/output.mjs';
import { inRoot } from './run/paths.mjs';
import { checks } from './release/checks.mjs';
import { must } from './release/must.mjs';
import { commitOf } from './release/stage.mjs';

const places = [
  { name: 'a', env: { TZ: 'UTC', LANG: 'C' }, umask: 0o022 },
  { name: 'a/second/and-longer', env: { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8' }, umask: 0o077 },
];

async function makeTwice(base) {
  // Of one commit, also when somebody commits meanwhile.
  const { commit } = await commitOf('HEAD');
  const made = [];
  for (const { name, env, umask } of places) {
    const [tmp, out] = ['tmp', 'out'].map((kind) => join(base, name, kind));
    const before = process.umask(umask);
    for (const dir of [tmp, out]) mkdirSync(dir, { recursive: true });
    const args = [inRoot('scripts/release.mjs'), '--ref', commit, '--out', out];
    await must(process.execPath, args, { env: { ...env, TMPDIR: tmp }, label: `release ${made.length + 1}` });
    process.umask(before);
    made.push(out);
  }
  return made;
}

async function run(args) {
  const keep = args[0] === '--out' && args[1] ? resolve(args[1]) : null;
  const base = keep ?? mkdtempSync(join(tmpdir(), 'roundhouse-twice-'));
  mkdirSync(base, { recursive: true });
  // PostgreSQL of a hub that root starts runs as somebody else.
  chmodSync(base, 0o755);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    const [first, second] = await makeTwice(base);
    const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
    for (const [title, check] of checks) {
      try {
        await check({ base, first, second, name: `roundhouse-${version}` });
        counts.passed += 1;
        say(`ok ${title}`);
      } catch (error) {
        counts.failed += 1;
        say(`FAILED ${title}: ${error.message}`);
      }
    }
  } finally {
    if (!keep) rmSync(base, { recursive: true, force: true });
  }
  return counts;
}

try {
  const counts = await run(process.argv.slice(2));
  console.log(countsLine(counts));
  process.exitCode = counts.failed > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof RunError)) throw error;
  say(`error: ${error.message}`);
  process.exitCode = error.exitCode;
}
