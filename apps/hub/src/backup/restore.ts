// Puts a backup in place of an empty hub, or of any with `replace`. Everything is read, loaded beside what is there,
// and compared before the present data are touched; until then a failure changes nothing.
import { AppError, productVersion } from '@roundhouse/protocol';
import { lookAtTarget, Staging, type TableLoader } from '../platform/database/dump/staging.js';
import { withServer, type ServerAddress, type ServerChoice } from '../platform/database/dump/server.js';
import type { DumpTable, TableSum } from '../platform/database/dump/tables.js';
import { migrationsDir, underMigrationLock } from '../platform/database/migrations.js';
import { migrationNames } from '../platform/database/schema-engine.js';
import type { ArchivePlace, Manifest } from './archive.js';
import { readBackup, type BackupContents } from './read-backup.js';
import { placeStateFiles } from './state-files.js';

export interface RestoreOptions extends ArchivePlace {
  readonly server: ServerChoice;
  /** Give up what the hub holds now. */
  readonly replace: boolean;
  /** False for a move of the database alone: keys stay where they are. */
  readonly withFiles: boolean;
  readonly now: Date;
}

export interface RestoreReport {
  readonly manifest: Manifest;
  readonly tables: readonly TableSum[];
  /** Migrations that this version has and the backup had not. */
  readonly migrated: readonly string[];
  /** Where the keys that were replaced lie; null when there were none. */
  readonly keptFiles: string | null;
}

/** @throws AppError BACKUP_INVALID, BACKUP_NEWER, HUB_NOT_EMPTY, STATE_LOCKED, DB_START_FAILED */
export async function restore(options: RestoreOptions): Promise<RestoreReport> {
  const { server, replace } = options;
  const contents = await readBackup(options);
  await refuseNewer(contents.manifest);
  return withServer({ ...server, alone: true }, (address) =>
    underMigrationLock(address, async () => {
      await refuseUsed(address, replace);
      return load(options, contents, address);
    }),
  );
}

/** Restores into a scratch schema that goes again. @throws AppError BACKUP_INVALID when it is not the same */
export async function verifyBackup(place: ArchivePlace, server: ServerChoice): Promise<readonly TableSum[]> {
  const { end } = await readBackup(place);
  return withServer(server, async (address) => {
    const staging = await loadStaging(place, address);
    try {
      await compare(staging, end.tables, await tablesOf(place));
      return end.tables;
    } finally {
      await staging.drop();
    }
  });
}

async function load(
  options: RestoreOptions,
  { manifest, files, end }: BackupContents,
  address: ServerAddress,
): Promise<RestoreReport> {
  const staging = await loadStaging(options, address);
  try {
    await compare(staging, end.tables, manifest.tables);
    await staging.continueSequences();
    const migrated = await staging.migrate();
    await staging.publish();
    const { server, withFiles, now } = options;
    const keptFiles = withFiles ? await placeStateFiles(server.stateDir, files, now) : null;
    return { manifest, tables: end.tables, migrated, keptFiles };
  } finally {
    await staging.drop();
  }
}

/** The tables of the backup in a schema of their own. */
async function loadStaging(place: ArchivePlace, address: ServerAddress): Promise<Staging> {
  let staging: Staging | null = null;
  let tables: readonly DumpTable[] = [];
  let open: { readonly name: string; readonly loader: TableLoader } | null = null;
  try {
    await readBackup(place, {
      begin: async (manifest) => {
        ({ tables } = manifest);
        staging = await Staging.create({ address, migrations: manifest.migrations });
      },
      rows: async (name, piece) => {
        if (open?.name !== name) {
          await open?.loader.end();
          const table = tables.find((one) => one.name === name);
          if (!staging || !table) throw new AppError('BACKUP_INVALID');
          open = { name, loader: await staging.loader(table) };
        }
        await open.loader.write(piece);
      },
    });
    await finish(open);
    return present(staging);
  } catch (error) {
    await drop(staging);
    throw error;
  }
}

/** Assigned within callbacks, which the compiler does not follow. */
const finish = (open: { readonly loader: TableLoader } | null): Promise<void> =>
  open === null ? Promise.resolve() : open.loader.end();
const drop = (staging: Staging | null): Promise<void> =>
  staging === null ? Promise.resolve() : staging.drop();
function present(staging: Staging | null): Staging {
  if (staging === null) throw new AppError('BACKUP_INVALID');
  return staging;
}

const tablesOf = async (place: ArchivePlace): Promise<readonly DumpTable[]> =>
  (await readBackup(place)).manifest.tables;

/** What the database gives back must be what the backup holds, row by row. */
async function compare(
  staging: Staging,
  sums: readonly TableSum[],
  tables: readonly DumpTable[],
): Promise<void> {
  for (const expected of sums) {
    const table = tables.find(({ name }) => name === expected.name);
    const found = table ? await staging.sum(table) : null;
    if (found?.rows === expected.rows && found.sha256 === expected.sha256) continue;
    throw new AppError('BACKUP_INVALID', {
      message: `Table ${expected.name} is not the same after loading: ${String(found?.rows)} of ${String(expected.rows)} rows`,
    });
  }
}

async function refuseNewer(manifest: Manifest): Promise<void> {
  const known = new Set(await migrationNames(migrationsDir));
  const unknown = manifest.migrations.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new AppError('BACKUP_NEWER', {
    message: `The backup was made by Roundhouse ${manifest.product}, this is ${productVersion}: it has ${unknown.join(', ')}`,
  });
}

async function refuseUsed(address: ServerAddress, replace: boolean): Promise<void> {
  const { foreign, hubRuns, inUse } = await lookAtTarget(address);
  if (foreign) {
    throw new AppError('HUB_NOT_EMPTY', {
      message: 'The database holds tables that are not of Roundhouse',
      hint: 'Nothing was changed. Give Roundhouse a database of its own.',
    });
  }
  if (hubRuns) {
    throw new AppError('STATE_LOCKED', {
      message: 'A hub is using this database',
      hint: 'Nothing was changed. Stop the hub, then restore.',
    });
  }
  if (inUse && !replace) throw new AppError('HUB_NOT_EMPTY');
}
