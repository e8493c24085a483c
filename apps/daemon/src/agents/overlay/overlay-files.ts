// Writes the private files of one session: whole before its agent starts, readable for this user only.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asNoSpace } from '../../state/json-file.js';

/**
 * Replaces what the epoch before had; an empty directory where there are no files.
 * @throws AppError NO_SPACE
 */
export async function writeOverlay(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  try {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const [name, text] of files) await writePrivateFile(path.join(directory, name), text);
  } catch (error) {
    throw asNoSpace(directory, error);
  }
}

/** @throws the error of the system, also when there is such a file */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, text, { mode: 0o600, flag: 'wx' });
}
