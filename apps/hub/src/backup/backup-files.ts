// Backups in a directory: their names, which sort by time, and which of them are kept.
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Of those that the hub makes of itself. */
export const backupPrefix = 'hub-';

export interface FoundBackup {
  readonly name: string;
  readonly at: Date;
  readonly bytes: number;
}

/** `20261122T062000Z` */
export const stampOf = (at: Date): string => at.toISOString().replace(/[-:]|\.\d+/g, '');

const stamp = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.backup$/;
const timeOf = (name: string): Date | null => {
  const at = new Date(name.replace(stamp, '$1-$2-$3T$4:$5:$6Z').slice(-'0000-00-00T00:00:00Z'.length));
  return stamp.test(name) && !Number.isNaN(at.getTime()) ? at : null;
};

/** Those whose name begins with `prefix`, newest first; none where there is no directory. */
export async function findBackups(dir: string, prefix: string): Promise<FoundBackup[]> {
  const names = await readdir(dir).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const found = await Promise.all(
    names.filter((name) => name.startsWith(prefix)).map((name) => lookAt(dir, name)),
  );
  return found.filter((each) => each !== null).toSorted((a, b) => b.at.getTime() - a.at.getTime());
}

async function lookAt(dir: string, name: string): Promise<FoundBackup | null> {
  const at = timeOf(name);
  if (at === null) return null;
  // Somebody may take it away meanwhile.
  const found = await stat(path.join(dir, name)).catch(() => null);
  return found?.isFile() === true ? { name, at, bytes: found.size } : null;
}

/** Removes what a maker left that was killed. Nobody else may be making one there. */
export async function dropDrafts(dir: string, prefix: string): Promise<void> {
  const drafts = (await readdir(dir)).filter(
    (name) => name.startsWith(prefix) && name.endsWith('.backup.part'),
  );
  await Promise.all(drafts.map((name) => rm(path.join(dir, name), { force: true })));
}

/** The newest; one of the future was made while the clock was wrong, and says nothing of today. */
export const newestBy = (found: readonly FoundBackup[], now: number): FoundBackup | null =>
  found.find(({ at }) => at.getTime() <= now) ?? null;

/**
 * Removes all but the newest. Those of the future are counted apart: as long as a clock was wrong, or is now, neither push
 * the others out. Others in the directory stay.
 */
export async function keepNewest(dir: string, prefix: string, keep: number, now: Date): Promise<void> {
  const found = await findBackups(dir, prefix);
  const isPast = ({ at }: FoundBackup): boolean => at <= now;
  const old = [found.filter(isPast), found.filter((each) => !isPast(each))].flatMap((some) =>
    some.slice(keep),
  );
  await Promise.all(old.map(({ name }) => rm(path.join(dir, name), { force: true })));
}
