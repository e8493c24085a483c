// The backup that a hub makes by itself before it migrates a database that is in use: the way back past a release that
// removes something.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError, productVersion } from '@roundhouse/protocol';
import type { HubConfig } from '../config.js';
import { mayPass } from '../platform/database/database-errors.js';
import type { ServerAddress } from '../platform/database/dump/server.js';
import { backUpFrom } from './back-up.js';
import { dropDrafts, keepNewest, stampOf } from './backup-files.js';

/** Releases that one can still go back from; each backup may be as large as the database. */
const keptBackups = 3;
const prefix = 'before-';

export interface UpgradeBackup {
  readonly address: ServerAddress;
  readonly config: Pick<HubConfig, 'databaseUrl' | 'stateDir'>;
  readonly now: Date;
  readonly say?: ((line: string) => void) | undefined;
}

/** @throws AppError DB_MIGRATION_REFUSED when it cannot be made; what `pg` throws when the database is away */
export async function backUpBeforeMigrating({ address, config, now, say }: UpgradeBackup): Promise<void> {
  const { databaseUrl, stateDir } = config;
  const dir = path.join(stateDir, 'backups');
  const file = path.join(dir, `${prefix}${productVersion}-${stampOf(now)}.backup`);
  say?.(`Backing up the database to ${file} before it is migrated …`);
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await dropDrafts(dir, prefix);
    const server = { databaseUrl, stateDir, alone: false };
    await backUpFrom(address, { file, passphrase: null, server, now });
    await keepNewest(dir, prefix, keptBackups, now);
  } catch (cause) {
    if (mayPass(cause)) throw cause;
    throw new AppError('DB_MIGRATION_REFUSED', {
      message: `The backup before the migration could not be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: `Nothing was changed. Make room for ${dir} and start again, or start the version before.`,
      cause,
    });
  }
}
