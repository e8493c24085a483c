// Which user runs the embedded PostgreSQL, and where that user can reach its files. PostgreSQL refuses to
// run as root, so root drops to an unprivileged uid.
import { chmod, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@roundhouse/protocol';

/** `nobody` on Debian, Alpine and Fedora alike. */
const nobody = 65534;

export interface PostgresAccount {
  /** Given to spawn(); null when the hub's own user is used. */
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account to drop to, or null when the hub is not root.
 * An existing data directory decides: its owner stays its owner.
 * @throws AppError DB_START_FAILED when no unprivileged uid exists, or the data belong to somebody else.
 */
export async function choosePostgresAccount(dataDir: string): Promise<PostgresAccount | null> {
  const self = process.getuid?.();
  if (self === undefined) return null;
  const owner = await stat(dataDir).catch(() => null);
  if (self !== 0) {
    if (owner && owner.uid !== self) throw foreignData(dataDir, owner.uid, self);
    return null;
  }
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  if (!(await isMapped(nobody))) {
    throw new AppError('DB_START_FAILED', {
      message: 'PostgreSQL does not run as root, and this user namespace has no other user',
      hint: 'Run the hub as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
    });
  }
  return { uid: nobody, gid: nobody };
}

/**
 * Makes the state directory traversable (not readable) for the account and checks the way to it.
 * @throws AppError DB_START_FAILED that names the directory which is closed.
 */
export async function ensureReachable(stateDir: string, account: PostgresAccount | null): Promise<void> {
  if (account === null) return;
  const own = await stat(stateDir);
  if (!canTraverse(own, account)) await chmod(stateDir, (own.mode & 0o777) | 0o011);
  const parents: string[] = [];
  for (let dir = path.dirname(stateDir); ; dir = path.dirname(dir)) {
    parents.unshift(dir);
    if (dir === path.dirname(dir)) break;
  }
  for (const dir of parents) {
    if (canTraverse(await stat(dir), account)) continue;
    throw new AppError('DB_START_FAILED', {
      message: `PostgreSQL runs as uid ${String(account.uid)}, which cannot enter ${dir}`,
      hint: 'Set ROUNDHOUSE_STATE_DIR to a directory that others can enter, for example /var/lib/roundhouse, or set DATABASE_URL.',
    });
  }
}

interface Access {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

function canTraverse({ mode, uid, gid }: Access, account: PostgresAccount): boolean {
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

/** In a container without a range of uids, switching to an unmapped one fails with EINVAL. */
async function isMapped(uid: number): Promise<boolean> {
  const map = await readFile('/proc/self/uid_map', 'utf8').catch(() => null);
  if (map === null) return true;
  return map
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .some(([inside = 0, , count = 0]) => uid >= inside && uid < inside + count);
}

const foreignData = (dataDir: string, owner: number, self: number): AppError =>
  new AppError('DB_START_FAILED', {
    message: `The database in ${dataDir} belongs to uid ${String(owner)}, but the hub runs as uid ${String(self)}`,
    hint: `Start the hub as the user who made it (as root when that was root), or choose another ROUNDHOUSE_STATE_DIR.`,
  });
