// Small state files: read by schema, written whole or not at all, and only for this user.
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { newId } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import type { z } from 'zod';

/**
 * Null when there is no such file, or it is damaged.
 * @throws the error of the system when the file is there and cannot be read: that must not look like a first start
 */
export async function readJsonFile<S extends z.ZodType>(
  file: string,
  schema: S,
): Promise<z.output<S> | null> {
  const text = await readIfThere(file);
  if (text === null) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Null when there is no such file. @throws the error of the system for every other reason */
export async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Resolves when a crash can no longer take it back. @throws AppError NO_SPACE; the file is as before then */
export function writeJsonFile(file: string, value: unknown): Promise<void> {
  return writeWhole(file, `${JSON.stringify(value)}\n`);
}

/** As `writeJsonFile`, for text. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${newId()}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeSynced(temporary, text);
    await rename(temporary, file);
    await syncDirectory(path.dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asNoSpace(file, error);
  }
}

/** NO_SPACE for a full disk or quota; any other error as it is. */
export function asNoSpace(file: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new AppError('NO_SPACE', { message: `There is no room to write ${file}`, cause: error });
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Makes a rename outlive a power loss. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } catch {
    // Some file systems cannot; the rename has happened all the same.
  } finally {
    await handle.close();
  }
}
