// The drift check: the checked-in migrations lead to the schema, and a change without a migration is found.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { migrationsDir } from './migrations.js';
import { findSchemaDrift } from './schema-drift.js';

const schemaFile = path.join(migrationsDir, '../schema.prisma');
let dir = '';

afterEach(async () => {
  if (dir !== '') await rm(dir, { recursive: true, force: true });
});

it('the migrations lead to schema.prisma', async () => {
  expect(await findSchemaDrift({ migrationsDir, schemaFile })).toBeNull();
});

it('finds a field without a migration', async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'rh-schema-'));
  const changed = path.join(dir, 'schema.prisma');
  const schema = await readFile(schemaFile, 'utf8');
  await writeFile(changed, schema.replace('model Host {', 'model Host {\n  motto String?'));
  expect(await findSchemaDrift({ migrationsDir, schemaFile: changed })).toMatch(
    /ALTER TABLE "hosts" ADD COLUMN\s+"motto" TEXT/,
  );
});
