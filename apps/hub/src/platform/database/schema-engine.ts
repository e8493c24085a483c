// The only file that knows @prisma/schema-engine-wasm: Prisma's own migration engine as WebAssembly, run
// over a driver adapter. An internal package of Prisma, therefore pinned exactly; the loading below is
// needed because its own entry imports the .wasm file, which Node does not.
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { MigrationAdapter } from './migration-adapter.js';

const require = createRequire(import.meta.url);
const filters = { externalTables: [], externalEnums: [] };

/** How a database stands against the checked-in migrations; names as in prisma/migrations. */
export interface MigrationStatus {
  /** Not yet applied here. */
  readonly pending: readonly string[];
  /** Applied here but unknown to this version: the database is newer. */
  readonly unknown: readonly string[];
  /** Begun and not finished. */
  readonly failed: readonly string[];
  /** Nothing was ever applied. */
  readonly isFresh: boolean;
}

/** Compares without changing anything. */
export function migrationStatus(adapter: MigrationAdapter, dir: string): Promise<MigrationStatus> {
  return withEngine(adapter, async (engine) => {
    const migrationsList = await listMigrations(dir);
    const report = await engine.diagnoseMigrationHistory({
      migrationsList,
      optInToShadowDatabase: false,
      filters,
    });
    const { history } = report;
    const pending = history && 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : [];
    const unknown =
      history && 'unpersistedMigrationNames' in history ? history.unpersistedMigrationNames : [];
    const isFresh = unknown.length === 0 && pending.length === migrationsList.migrationDirectories.length;
    return { pending, unknown, failed: report.failedMigrationNames, isFresh };
  });
}

/** Applies what is pending, in order; of `only` these names, if given. @returns the names applied now. */
export function applyMigrations(
  adapter: MigrationAdapter,
  dir: string,
  only?: ReadonlySet<string>,
): Promise<readonly string[]> {
  return withEngine(adapter, async (engine) => {
    const out = await engine.applyMigrations({ migrationsList: await listMigrations(dir, only), filters });
    return out.appliedMigrationNames;
  });
}

/**
 * Replays the migrations into an EMPTY database and compares the result with the schema.
 * @returns the SQL that is missing from the migrations; null when they agree.
 */
export async function missingMigration(
  adapter: MigrationAdapter,
  { migrationsDir, schemaFile }: { migrationsDir: string; schemaFile: string },
): Promise<string | null> {
  const files = [{ path: schemaFile, content: await readFile(schemaFile, 'utf8') }];
  const replay = async (engine: SchemaEngine): Promise<string | null> => {
    await engine.applyMigrations({ migrationsList: await listMigrations(migrationsDir), filters });
    const diff = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: path.dirname(schemaFile) },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters,
    });
    return diff.exitCode === 0 ? null : (diff.stdout ?? '');
  };
  return withEngine(adapter, replay, [[schemaFile, files[0]?.content ?? '']]);
}

async function withEngine<T>(
  adapter: MigrationAdapter,
  use: (engine: SchemaEngine) => Promise<T>,
  datamodels?: [string, string][],
): Promise<T> {
  await loadModule();
  const engine = await engineModule.SchemaEngine.new(
    { datamodels },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
  try {
    return await use(engine);
  } finally {
    engine.free();
  }
}

/** @types/node declares the module namespace of WebAssembly only with the DOM library: the part used here. */
interface WasmRuntime {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, unknown>,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
}

let loading: Promise<void> | null = null;
const loadModule = (): Promise<void> => (loading ??= instantiate());

async function instantiate(): Promise<void> {
  const entry = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = await readFile(path.join(path.dirname(entry), 'schema_engine_bg.wasm'));
  const runtime = (globalThis as unknown as { WebAssembly: WasmRuntime }).WebAssembly;
  const { instance } = await runtime.instantiate(bytes, { './schema_engine_bg.js': engineModule });
  engineModule.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === 'function') Reflect.apply(start, undefined, []);
}

/** The migrations of this version, in their order. */
export async function migrationNames(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** The directory as the engine wants it; migrations run in the order of their names. */
async function listMigrations(dir: string, only?: ReadonlySet<string>): Promise<MigrationList> {
  const names = (await migrationNames(dir)).filter((name) => only?.has(name) ?? true);
  const migrationDirectories = names.map(async (name) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: await readSql(path.join(dir, name, 'migration.sql')) },
  }));
  return {
    baseDir: dir,
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(path.join(dir, 'migration_lock.toml'), 'utf8').catch(() => null),
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(migrationDirectories),
  };
}

function readSql(file: string): Promise<{ tag: 'ok'; value: string } | { tag: 'error'; value: string }> {
  return readFile(file, 'utf8').then(
    (value) => ({ tag: 'ok' as const, value }),
    (error: unknown) => ({ tag: 'error' as const, value: String(error) }),
  );
}
