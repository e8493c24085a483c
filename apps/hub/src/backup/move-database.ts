// Moves the hub from its embedded database to the one that DATABASE_URL names. The embedded one stays as it was.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { configError } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { hasEmbedded } from '../platform/database/dump/server.js';
import { backUp } from './back-up.js';
import { restore, type RestoreReport } from './restore.js';

export interface MoveOptions {
  /** Null: DATABASE_URL is not set. */
  readonly databaseUrl: string | null;
  readonly stateDir: string;
  readonly replace: boolean;
  readonly now: Date;
}

/** @throws AppError CONFIG_INVALID, and what a restore throws */
export async function moveDatabase({
  databaseUrl,
  stateDir,
  replace,
  now,
}: MoveOptions): Promise<RestoreReport> {
  if (databaseUrl === null) {
    const message = 'DATABASE_URL is not set: it names the database to move to';
    throw configError([{ field: 'DATABASE_URL', message }]);
  }
  if (!(await hasEmbedded(stateDir))) {
    throw new AppError('CONFIG_INVALID', {
      message: `There is no embedded database in ${stateDir}`,
      hint: 'Set ROUNDHOUSE_STATE_DIR to the state directory of the hub.',
    });
  }
  const place = { file: path.join(stateDir, 'move-database.backup'), passphrase: null };
  try {
    // Alone: what a running hub would still write would be lost.
    await backUp({ ...place, now, server: { databaseUrl: null, stateDir, alone: true } });
    const server = { databaseUrl, stateDir, alone: true };
    return await restore({ ...place, now, server, replace, withFiles: false });
  } finally {
    await rm(place.file, { force: true });
  }
}
