// Small state files: read by schema, written whole or not at all, and only for this user.
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { newId } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import type { z } from 'zod';

/** Null when there is no such file, or it is damaged. */
export async function readJsonFile<S extends z.ZodType>(
  file: string,
  schema: S,
): Promise<z.output<S> | null> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Resolves when a crash can no longer take it back. @throws AppError NO_SPACE */
export async function writeJsonFile(file: string, value: unknown): Promise<void> {
  const temporary = `${file}.${newId()}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(value)}\n`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
      throw new AppError('NO_SPACE', { message: `There is no room to write ${file}`, cause: error });
    }
    throw error;
  }
}
