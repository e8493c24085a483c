// Secrets that the hub makes for itself once: files of mode 0600 in the state directory.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The content of the file; made by `create` when there is none. Two hubs that start at once get the same. */
export async function readOrCreateSecret(file: string, create: () => string): Promise<string> {
  const existing = await readIfThere(file);
  if (existing !== null) return existing;
  const temporary = await writeBeside(file, create());
  try {
    // Unlike rename, link fails when another process was first.
    await link(temporary, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  return readFile(file, 'utf8');
}

/** Replaces the file at once, readable by its owner alone. */
export async function writeSecret(file: string, content: string): Promise<void> {
  await rename(await writeBeside(file, content), file);
}

export async function removeSecret(file: string): Promise<void> {
  await rm(file, { force: true });
}

async function writeBeside(file: string, content: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomUUID()}.tmp`;
  await writeFile(temporary, content, { mode: 0o600, flag: 'wx', flush: true });
  return temporary;
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
