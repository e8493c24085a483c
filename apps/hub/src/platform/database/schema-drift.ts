// Development only: what `scripts/migration.mjs` runs. Replays the migrations into a throw-away PGlite and
// compares the result with schema.prisma, so that no database server is needed.
import { PGlite } from '@electric-sql/pglite';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { withScriptRunner } from './migration-adapter.js';
import { missingMigration } from './schema-engine.js';

export interface SchemaFiles {
  readonly migrationsDir: string;
  readonly schemaFile: string;
}

/** The SQL that the migrations lack; null when they lead to the schema. */
export async function findSchemaDrift(files: SchemaFiles): Promise<string | null> {
  const database = new PGlite();
  try {
    const adapter = withScriptRunner(new PrismaPGlite(database), (script) => database.exec(script));
    return await missingMigration(adapter, files);
  } finally {
    await database.close();
  }
}
