// F:F2: a migration that the release before cannot live with is found, and one that only adds is not.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contractions, isContraction } from './expand-only.mjs';

const migrations = new URL('../../apps/hub/prisma/migrations/', import.meta.url);

describe('expand-only migrations', () => {
  it.each([
    ['DROP TABLE "hosts";', /drops/],
    ['ALTER TABLE "hosts" DROP COLUMN "name";', /drops a column/],
    ['ALTER TABLE "hosts" DROP "name";', /drops a column/],
    ['ALTER TABLE "hosts" RENAME COLUMN "name" TO "label";', /renames/],
    ['ALTER TABLE "hosts" RENAME TO "machines";', /renames/],
    ['ALTER INDEX "a" RENAME TO "b";', /renames/],
    ['ALTER TABLE "hosts" ADD COLUMN "zone" TEXT NOT NULL;', /NOT NULL without DEFAULT/],
    [
      'ALTER TABLE "hosts" ADD COLUMN "a" INT,\n ADD COLUMN "zone" DECIMAL(1, 2) NOT NULL;',
      /without DEFAULT/,
    ],
    ['ALTER TABLE "hosts" ALTER COLUMN "name" SET NOT NULL;', /refuses rows/],
    ['ALTER TABLE "hosts" ALTER COLUMN "name" DROP NOT NULL;', /lets in NULL/],
    ['ALTER TABLE "hosts" ALTER COLUMN "n" SET DATA TYPE BIGINT;', /type/],
    ['ALTER TABLE "hosts" ADD CONSTRAINT "c" CHECK (n > 0);', /refuses rows/],
    ['CREATE UNIQUE INDEX "u" ON "hosts"("name");', /refuses rows/],
    ['-- fine\nDELETE FROM hosts;', /deletes/],
  ])('%s is refused', (sql, why) => {
    expect(contractions(sql)).toEqual([expect.objectContaining({ why: expect.stringMatching(why) })]);
  });

  it.each([
    'ALTER TABLE "hosts" ADD COLUMN "zone" TEXT, ADD COLUMN "n" INT NOT NULL DEFAULT 0;',
    'CREATE TABLE "news" ("id" UUID NOT NULL); ALTER TABLE "news" ADD CONSTRAINT "k" CHECK (true);',
    'CREATE TABLE "news" ("id" UUID NOT NULL); CREATE UNIQUE INDEX "u" ON "news"("id");',
    'CREATE INDEX "i" ON "hosts"("name"); DROP INDEX "j";',
    'ALTER TABLE "hosts" DROP CONSTRAINT "c";',
    "INSERT INTO hub_state VALUES ('DROP TABLE hosts;'); -- DROP TABLE hosts;",
    'CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN DELETE FROM hosts; END $$ LANGUAGE plpgsql;',
  ])('%s only adds', (sql) => {
    expect(contractions(sql)).toEqual([]);
  });

  it('every migration here only adds, or says in its name that it does not', () => {
    const names = readdirSync(migrations).filter((name) => /^\d/.test(name) && !isContraction(name));
    const sqlOf = (name) => readFileSync(new URL(`${name}/migration.sql`, migrations), 'utf8');
    expect(names.flatMap((name) => contractions(sqlOf(name)).map((each) => ({ name, ...each })))).toEqual([]);
    expect(names.length).toBeGreaterThan(0);
  });
});
