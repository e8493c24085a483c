// The subcommands backup, restore and move-database: their arguments, and what they say.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseCommand } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import type { HubConfig } from '../config.js';
import { hasEmbedded } from '../platform/database/dump/server.js';
import { backUp } from './back-up.js';
import { moveDatabase } from './move-database.js';
import { restore, verifyBackup, type RestoreReport } from './restore.js';

export interface CommandContext {
  readonly config: HubConfig;
  readonly args: readonly string[];
  readonly say: (line: string) => void;
  readonly now: Date;
}

const backupUsage = {
  usage: 'node apps/hub backup --to FILE [--passphrase-file FILE] [--verify]',
  options: { to: 'string', 'passphrase-file': 'string', verify: 'boolean' },
} as const;
const restoreUsage = {
  usage: 'node apps/hub restore --from FILE [--passphrase-file FILE] [--replace]',
  options: { from: 'string', 'passphrase-file': 'string', replace: 'boolean' },
} as const;
const moveUsage = {
  usage: 'DATABASE_URL=… node apps/hub move-database [--replace]',
  options: { replace: 'boolean' },
} as const;

/** @throws AppError CONFIG_INVALID, DB_START_FAILED */
export async function backupCommand({ config, args, say, now }: CommandContext): Promise<void> {
  const { to, verify, ...rest } = parseCommand(args, backupUsage);
  const place = { file: fileOf('--to', to, backupUsage.usage), passphrase: await passphraseOf(rest) };
  const server = { ...config, alone: false, onProgress: say };
  if (config.databaseUrl === null && !(await hasEmbedded(config.stateDir))) {
    throw new AppError('CONFIG_INVALID', {
      message: `There is no hub in ${config.stateDir}`,
      hint: 'Set ROUNDHOUSE_STATE_DIR (or DATABASE_URL) as the hub has it.',
    });
  }
  const { tables, files } = await backUp({ ...place, server, now });
  say(`Backup written to ${place.file}: ${count(tables)}, ${files.join(', ')}`);
  if (place.passphrase === null) say('It is not encrypted and holds the keys of the hub: keep it private.');
  if (config.tls.mode === 'files') say('Your own certificate files are not in it.');
  if (!verify) return;
  await verifyBackup(place, server);
  say('Verified: restored into a scratch schema, and every row is the same.');
}

/** @throws AppError BACKUP_INVALID, BACKUP_NEWER, HUB_NOT_EMPTY, STATE_LOCKED */
export async function restoreCommand({ config, args, say, now }: CommandContext): Promise<void> {
  const { from, replace, ...rest } = parseCommand(args, restoreUsage);
  const place = { file: fileOf('--from', from, restoreUsage.usage), passphrase: await passphraseOf(rest) };
  const server = { ...config, alone: true, onProgress: say };
  const report = await restore({ ...place, server, replace: replace ?? false, withFiles: true, now });
  sayRestored(report, say);
  if (report.keptFiles) say(`The keys that were here before are in ${report.keptFiles}`);
}

/** @throws AppError CONFIG_INVALID, HUB_NOT_EMPTY, STATE_LOCKED */
export async function moveCommand({ config, args, say, now }: CommandContext): Promise<void> {
  const { replace } = parseCommand(args, moveUsage);
  const { databaseUrl, stateDir } = config;
  sayRestored(await moveDatabase({ databaseUrl, stateDir, replace: replace ?? false, now }), say);
  say('Start the hub with the same DATABASE_URL from now on.');
  say(`The embedded database is as it was: remove ${path.join(stateDir, 'database')} when all is well.`);
}

function sayRestored({ manifest, tables, migrated }: RestoreReport, say: (line: string) => void): void {
  say(`Restored what Roundhouse ${manifest.product} had on ${manifest.createdAt}: ${count(tables)}`);
  if (migrated.length > 0) say(`Migrated to this version: ${migrated.join(', ')}`);
}

const count = (tables: readonly { readonly rows: number }[]): string =>
  `${String(tables.reduce((sum, { rows }) => sum + rows, 0))} rows of ${String(tables.length)} tables`;

function fileOf(name: string, file: string | undefined, usage: string): string {
  if (file !== undefined && file !== '') return path.resolve(file);
  throw new AppError('CONFIG_INVALID', { message: `${name} is missing`, hint: `Usage: ${usage}` });
}

/** From a file: arguments and the environment are seen by others. */
async function passphraseOf(options: { readonly 'passphrase-file'?: string }): Promise<string | null> {
  const file = options['passphrase-file'];
  if (file === undefined) return null;
  const text = (
    await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new AppError('CONFIG_INVALID', { message: `--passphrase-file: ${file} cannot be read`, cause });
    })
  ).trim();
  if (text !== '') return text;
  throw new AppError('CONFIG_INVALID', {
    message: `--passphrase-file: ${file} is empty`,
    hint: 'Write the passphrase into it.',
  });
}
