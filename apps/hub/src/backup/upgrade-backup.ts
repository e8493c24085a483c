// The backup that a hub makes by itself before it migrates a database that is in use: the way back past a release that
// removes something.
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError, productVersion } from '@roundhouse/protocol';
import type { HubConfig } from '../config.js';
import { mayPass } from '../platform/database/database-errors.js';
import type { ServerAddress } from '../platform/database/dump/server.js';
import { backUpFrom } from './back-up.js';

/** Releases that one can still go back from; each backup may be as large as the database. */
const keptBackups = 3;
const ours = /^before-.*\.backup$/;

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
  // So that names sort by time.
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const file = path.join(dir, `before-${productVersion}-${stamp}.backup`);
  say?.(`Backing up the database to ${file} before it is migrated …`);
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const server = { databaseUrl, stateDir, alone: false };
    await backUpFrom(address, { file, passphrase: null, server, now });
    await forgetOld(dir);
  } catch (cause) {
    if (mayPass(cause)) throw cause;
    throw new AppError('DB_MIGRATION_REFUSED', {
      message: `The backup before the migration could not be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: `Nothing was changed. Make room for ${dir} and start again, or start the version before.`,
      cause,
    });
  }
}

async function forgetOld(dir: string): Promise<void> {
  const stampOf = (name: string): string => /(\w+)\.backup$/.exec(name)?.[1] ?? '';
  const found = (await readdir(dir)).filter((name) => ours.test(name));
  const newestFirst = found.toSorted((a, b) => (stampOf(a) < stampOf(b) ? 1 : -1));
  await Promise.all(newestFirst.slice(keptBackups).map((name) => rm(path.join(dir, name), { force: true })));
}
