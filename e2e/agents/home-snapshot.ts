// What a home directory holds: every file with its size, mode and content, and what is different between two looks.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

export interface Entry {
  readonly mode: number;
  readonly size: number;
  readonly sha256: string;
}
export type Snapshot = ReadonlyMap<string, Entry>;

export function snapshotOf(root: string): Snapshot {
  const found = new Map<string, Entry>();
  const walk = (dir: string): void => {
    for (const name of readdirSync(dir)) {
      const file = path.join(dir, name);
      const stat = lstatSync(file);
      if (stat.isDirectory()) walk(file);
      else if (stat.isFile() || stat.isSymbolicLink()) {
        const content = stat.isFile() ? readFileSync(file) : readlinkSync(file);
        const sha256 = createHash('sha256').update(content).digest('hex');
        found.set(path.relative(root, file), { mode: stat.mode & 0o777, size: stat.size, sha256 });
      }
    }
  };
  walk(root);
  return found;
}

/** Names that differ from run to run (ids, times, hashes, process ids), as one name for all of them. */
export const plainName = (file: string): string =>
  file
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}[-:]\d{2}([-:]\d{2}(\.\d+)?)?Z?/g, '<time>')
    .replace(/\d{4}[-/]\d{2}[-/]\d{2}/g, '<day>')
    .replace(/(?<![0-9a-f])[0-9a-f]{8,64}(?![0-9a-f])/g, '<hash>')
    .replace(/(ses|msg|prt|per)_[A-Za-z0-9]+/g, '$1_<id>')
    .replace(/\d{2,}/g, '<n>')
    // Written beside a file and renamed over it.
    .replace(/\.<(id|hash|n)>\.tmp$/, '');

/** Files that one look has and the other does not, and those whose content is another. */
export function difference(before: Snapshot, after: Snapshot): { made: string[]; changed: string[] } {
  const names = [...after.keys()].sort();
  return {
    made: names.filter((name) => !before.has(name)),
    changed: names.filter((name) => {
      const was = before.get(name);
      const is = after.get(name);
      return was && is && (was.sha256 !== is.sha256 || was.mode !== is.mode);
    }),
  };
}
