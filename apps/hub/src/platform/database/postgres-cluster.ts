// The data directory of the embedded PostgreSQL and its password: made once, by initdb, all or nothing.
import { spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newSecret } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import type { PostgresAccount } from './postgres-account.js';
import type { PostgresBinaries } from './postgres-binaries.js';

/** The one role of an embedded server, and the database that initdb makes. */
export const embeddedUser = 'roundhouse';
export const embeddedDatabase = 'postgres';

/** One second on a good disk; minutes on an SD card. */
const initdbTimeoutMs = 180_000;
const draftPrefix = '.initdb-';

export interface ClusterOptions {
  /** `<state>/database`: the hub's own; holds the data directory, the password and the binaries. */
  readonly root: string;
  readonly dataDir: string;
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount | null;
  readonly onProgress: (line: string) => void;
}

/**
 * Makes the data directory unless it exists.
 * @returns the password of `embeddedUser`.
 * @throws AppError DB_START_FAILED when initdb fails, the data are of another PostgreSQL, or the password is lost.
 */
export async function ensureCluster(options: ClusterOptions): Promise<string> {
  const { root, dataDir, binaries } = options;
  const passwordFile = path.join(root, 'password');
  const made = await readFile(path.join(dataDir, 'PG_VERSION'), 'utf8').catch(() => null);
  const known = (await readFile(passwordFile, 'utf8').catch(() => '')).trim();
  if (made !== null) {
    checkVersion(made.trim(), binaries, dataDir);
    if (known === '') throw lostPassword(passwordFile, dataDir);
    return known;
  }
  const password = known || newSecret();
  // Kept before the data exist: a crash in between must never leave data that nobody can open.
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  options.onProgress('Creating the database (first start only) …');
  await removeDrafts(root);
  const draft = await mkdtemp(path.join(root, draftPrefix));
  await giveTo(draft, options.account);
  await initialise(draft, password, options);
  await rename(draft, dataDir);
  return password;
}

/** Directories are handed to the account that PostgreSQL runs as. */
async function giveTo(file: string, account: PostgresAccount | null): Promise<void> {
  if (account) await chown(file, account.uid, account.gid);
}

async function initialise(draft: string, password: string, options: ClusterOptions): Promise<void> {
  const secretDir = await mkdtemp(path.join(options.root, draftPrefix));
  const secretFile = path.join(secretDir, 'password');
  try {
    await giveTo(secretDir, options.account);
    await writeFile(secretFile, `${password}\n`, { mode: 0o600 });
    await giveTo(secretFile, options.account);
    const args = ['-D', draft, '-U', embeddedUser, `--pwfile=${secretFile}`];
    args.push('-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C', '--data-checksums');
    await runInitdb(args, options);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(secretDir, { recursive: true, force: true });
  }
}

async function runInitdb(args: string[], { binaries, account }: ClusterOptions): Promise<void> {
  const { code, output } = await new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    const child = spawn(binaries.initdb, args, {
      ...account,
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: initdbTimeoutMs,
    });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-4_000);
    });
    child.once('error', reject);
    child.once('close', (exit) => {
      resolve({ code: exit, output: text.trim() });
    });
  }).catch((error: unknown) => ({ code: null, output: String(error) }));
  if (code !== 0) throw initdbFailed(output);
}

function initdbFailed(output: string): AppError {
  const message = `initdb failed: ${output.slice(-500) || 'it was killed'}`;
  if (/could not look up effective user ID/.test(output)) {
    return new AppError('DB_START_FAILED', {
      message,
      hint: 'PostgreSQL needs a line in /etc/passwd for the user that it runs as: add one, or set DATABASE_URL.',
    });
  }
  if (/No space left/.test(output)) {
    return new AppError('DB_START_FAILED', {
      message,
      hint: 'Free some disk space (an empty database takes 40 MB).',
    });
  }
  return new AppError('DB_START_FAILED', { message });
}

/** What a killed first start left behind. */
async function removeDrafts(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (name.startsWith(draftPrefix)) {
      await rm(path.join(root, name), { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

export async function makeDatabaseRoot(root: string, account: PostgresAccount | null): Promise<void> {
  // The account passes through to its own data directory, and can list or read nothing else here.
  await mkdir(root, { recursive: true, mode: account ? 0o711 : 0o700 });
}

function checkVersion(made: string, binaries: PostgresBinaries, dataDir: string): void {
  const major = binaries.version.split('.')[0] ?? '';
  if (made === major) return;
  throw new AppError('DB_START_FAILED', {
    message: `The database in ${dataDir} was made by PostgreSQL ${made}; this version of Roundhouse brings ${major}`,
    hint: `Start the version of Roundhouse that made it, take a dump, and load that into a new database (or use DATABASE_URL).`,
  });
}

const lostPassword = (file: string, dataDir: string): AppError =>
  new AppError('DB_START_FAILED', {
    message: `${file} is missing, so the database in ${dataDir} cannot be opened`,
    hint: 'Restore the file from a backup of the state directory.',
  });
