// Owns that an installation goes to the next release and one step back with live sessions: `up` with another image of
// the hub, whose one more migration stays in the database. They run in this order and share `bed`. F2 F7
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearsal, rehearsalSql } from '../release/rehearsal.mjs';
import { capture } from '../run/child.mjs';
import { inside, podman, timed } from './engine.mjs';
import { allLive, opened } from './fleet.mjs';
import { lost, allRows } from './tables.mjs';
import { say } from '../run/output.mjs';

/** What the next release says of itself, so that it can be told from this one. */
const commit = 'f'.repeat(40);
const migrations = '/opt/roundhouse/apps/hub/prisma/migrations';

/** The image of this checkout with one migration more. */
async function nextImage({ hubImage, compose }) {
  const context = mkdtempSync(join(tmpdir(), 'roundhouse-next-'));
  const image = `localhost/roundhouse-hub:next-${compose.name}`;
  try {
    const place = join(context, rehearsal);
    mkdirSync(place);
    writeFileSync(join(place, 'migration.sql'), rehearsalSql);
    const lines = [
      `FROM ${hubImage}`,
      `COPY ${rehearsal} ${migrations}/${rehearsal}`,
      `ENV ROUNDHOUSE_COMMIT=${commit}`,
    ];
    writeFileSync(join(context, 'Containerfile'), `${lines.join('\n')}\n`);
    await podman(['build', '-q', '--pull=never', '-t', image, context]);
    return image;
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

const versionOf = async ({ call }) => (await call('GET', '/version')).body.commit;
const recorded = ({ compose }) =>
  compose.sql(
    `SELECT count(*), max(extract(epoch FROM started_at)::bigint) FROM _prisma_migrations
     WHERE migration_name = '${rehearsal}' AND finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
const backups = async ({ compose }) =>
  (await inside(compose.hub, 'ls -l /state/hub/backups 2>/dev/null || true'))
    .split('\n')
    .map((line) => /(\d+) \w{3} .* (before-\S+-(\d{8})T(\d{6})Z\.backup)$/.exec(line))
    .filter(Boolean)
    .map(([, size, name, day, time]) => ({ size: Number(size), name, at: Date.parse(iso(day, time)) }));
const iso = (day, time) =>
  `${day.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`;

async function changeTo(bed, image, word) {
  const [, took] = await timed(async () => {
    await bed.compose.up({ hubImage: image, again: true });
    await bed.compose.ready();
  });
  assert.equal(await podman(['inspect', '-f', '{{.ImageName}}', bed.compose.hub]), image);
  await allLive(bed, word);
  say(`the other image was ready after ${took} s`);
}

async function goesForth(bed) {
  const before = await allRows(bed.compose);
  assert.deepEqual([await recorded(bed), await backups(bed)], ['0|', []]);
  bed.nextImage = await nextImage(bed);
  await changeTo(bed, bed.nextImage, 'upgraded');
  assert.equal(await versionOf(bed), commit);
  const [count, startedAt] = (await recorded(bed)).split('|').map(Number);
  assert.equal(count, 1);
  const [backup, ...more] = await backups(bed);
  assert.deepEqual(more, []);
  assert.ok(backup?.size > 0, 'a backup was made');
  assert.ok(backup.at / 1000 <= startedAt, `${backup.name} was made before the migration`);
  assert.deepEqual(lost(before, await allRows(bed.compose)), []);
  bed.sessions.push(await opened(bed.machines[1], { worktree: false }));
}

async function goesBack(bed) {
  const before = await allRows(bed.compose);
  await changeTo(bed, bed.hubImage, 'rolled-back');
  assert.notEqual(await versionOf(bed), commit);
  const log = await bed.compose.logs(bed.compose.hub);
  assert.doesNotMatch(log, /"level":"(error|fatal)"|database migrated/);
  assert.equal((await recorded(bed)).split('|')[0], '1');
  assert.deepEqual(lost(before, await allRows(bed.compose)), []);
  bed.sessions.push(await opened(bed.machines[0], { worktree: true }));
}

export const rollbackChecks = [
  ['up with the next image: backed up, migrated, and all sessions live on', goesForth],
  ['back with this image on the newer database: all sessions live on', goesBack],
];

export const forgetNext = ({ nextImage: image }) =>
  image ? capture('podman', ['rmi', '--force', image]) : Promise.resolve();
