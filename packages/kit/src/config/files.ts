// Files that settings come from: read whole, bounded, and told apart by why they cannot be read.
import { readFileSync, statSync } from 'node:fs';

/** Largest file of settings or of one secret, in bytes; more is some other file. */
const settingsFileBytesMax = 64 * 1024;

/** What reads files; a parameter, so that what is made of them stays pure. */
export interface Files {
  /** Null when there is no such file. @throws Error that says why it cannot be read */
  read(path: string): string | null;
}

/** No file is there. */
export const noFiles: Files = { read: () => null };

export const nodeFiles: Files = {
  read(path) {
    try {
      const found = statSync(path);
      // A pipe or a device would be waited for without end.
      if (!found.isFile()) throw new Error('it is not a file');
      if (found.size > settingsFileBytesMax) throw new Error('it is larger than 64 KiB');
      return readFileSync(path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
      throw codeOf(error) === 'EACCES' ? new Error('this user may not read it', { cause: error }) : error;
    }
  },
};

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
