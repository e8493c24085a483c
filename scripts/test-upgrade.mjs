// Owns `npm run test:upgrade`: tarballs of an earlier release and of HEAD are made, unpacked, and run against each other with live
// sessions, one step forth and back. Outside of `npm test`: it builds two releases (the earlier one once; it is kept).
//   --from REF  the release before (default: the newest tag; without one, the first commit that could make a release)
//   --keep  leaves the unpacked releases
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './run/build.mjs';
import { countsLine } from './run/counts.mjs';
import { RunError, say } from './run/output.mjs';
import { inRoot } from './run/paths.mjs';
import { runPlaywright } from './run/test.mjs';
import { must } from './release/must.mjs';
import { rehearsal, rehearsalSql } from './release/rehearsal.mjs';
import { commitOf } from './release/stage.mjs';

/** The newest tag before HEAD; as long as nothing was published, the first commit that could make a release. */
async function releaseBefore() {
  const lines = async (...args) => (await must('git', args)).split('\n').filter(Boolean);
  const [tag] = await lines('tag', '--merged', 'HEAD^', '--sort=-v:refname', '--list', 'v[0-9]*');
  const able = await lines('log', '--diff-filter=A', '--format=%H', '--', 'scripts/release.mjs');
  return tag ?? able.at(-1) ?? 'HEAD';
}

/** The release of a commit, unpacked in a directory of its own below `base`. */
async function unpacked(base, ref) {
  const { commit } = await commitOf(ref);
  const kept = join(
    process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
    'roundhouse/releases',
    commit.slice(0, 12),
  );
  if (!existsSync(kept)) {
    mkdirSync(join(kept, '..'), { recursive: true });
    const making = mkdtempSync(`${kept}-making-`);
    const args = [inRoot('scripts/release.mjs'), '--ref', commit, '--out', making];
    await must(process.execPath, args, { label: `the release of ${commit.slice(0, 12)}` });
    renameSync(making, kept);
  }
  const place = mkdtempSync(join(base, 'release-'));
  const tarball = readdirSync(kept).find((name) => name.endsWith('.tar.gz'));
  await must('tar', ['-xzf', join(kept, tarball), '-C', place]);
  chmodSync(place, 0o755);
  return { commit, dir: join(place, tarball.replace(/\.tar\.gz$/, '')) };
}

const migrationsOf = (dir) =>
  readdirSync(join(dir, 'apps/hub/prisma/migrations')).filter((name) => /^\d/.test(name));

/** The last migration that only the newer one has; one is made up where there is none. */
function newMigration(before, now) {
  const known = migrationsOf(before);
  const own = migrationsOf(now).filter((name) => !known.includes(name));
  if (own.length > 0) return own.at(-1);
  const place = join(now, 'apps/hub/prisma/migrations', rehearsal);
  mkdirSync(place);
  writeFileSync(join(place, 'migration.sql'), rehearsalSql);
  say('both have the same migrations: the newer one gets one that only this test has');
  return rehearsal;
}

async function run({ from, keep }) {
  await build();
  const base = mkdtempSync(join(tmpdir(), 'roundhouse-upgrade-'));
  // PostgreSQL of a hub that root starts runs as somebody else.
  chmodSync(base, 0o755);
  try {
    const [before, now] = [
      await unpacked(base, from ?? (await releaseBefore())),
      await unpacked(base, 'HEAD'),
    ];
    if (before.commit === now.commit) say('HEAD is the first release: it is upgraded to itself');
    const added = newMigration(before.dir, now.dir);
    say(`from ${before.commit.slice(0, 12)} to ${now.commit.slice(0, 12)} with ${added}, and back`);
    const env = { E2E_RELEASES: [before.dir, now.dir, added].join(':') };
    return await runPlaywright(base, { args: ['--workers=1', 'upgrade.spec.ts'], env });
  } finally {
    if (keep) say(`kept: ${base}`);
    else rmSync(base, { recursive: true, force: true });
  }
}

try {
  const options = {
    from: { type: 'string' },
    keep: { type: 'boolean', default: false },
  };
  const counts = await run(parseArgs({ options }).values);
  console.log(countsLine(counts));
  process.exitCode = counts.failed > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof RunError)) throw error;
  say(`error: ${error.message}`);
  if (error.hint) say(`  ${error.hint}`);
  process.exitCode = error.exitCode;
}
