// Puts the keeper's bundle into the state directory: what runs from there is not touched by an upgrade.
import { createHash, randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '@roundhouse/protocol';

export interface InstalledKeeper {
  /** Absolute path of the script that `startKeeper` runs. */
  readonly entry: string;
  /** Hash of its files; name of its directory under `keepers/`. */
  readonly build: string;
}

const ENTRY = 'keeper.mjs';
/** What scripts/build-keeper.mjs writes, among the compiled files of the same directory. */
const FILES = [ENTRY, 'pty.node', 'spawn-helper'];
/** A release has the terminal of each platform in a directory of its own; that goes before the one of the build. */
const PLATFORM = `${process.platform}-${process.arch}`;
const BUILT_DIR = join(dirname(fileURLToPath(import.meta.url)), '../../dist/keeper');

/**
 * Copies the built keeper to `<stateDir>/keepers/<build>/`, whole or not at all; an intact copy is used as it is.
 * @param builtDir where scripts/build-keeper.mjs wrote it
 * @throws AppError SPAWN_FAILED when it was not built, NO_SPACE
 */
export async function installKeeper(
  stateDir: string,
  builtDir: string = BUILT_DIR,
): Promise<InstalledKeeper> {
  const sources = await builtFiles(builtDir);
  const files = [...sources.keys()];
  const build = await hashOf(sources);
  const target = join(stateDir, 'keepers', build);
  const entry = join(target, ENTRY);
  if (await isIntact(target, files, build)) return { entry, build };
  const temporary = join(stateDir, 'keepers', `.${build}.${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    for (const [file, source] of sources) {
      await copyFile(source, join(temporary, file));
      await chmod(join(temporary, file), 0o500);
    }
    await place(temporary, target, () => isIntact(target, files, build));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (await isIntact(target, files, build)) return { entry, build };
    const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
    throw new AppError(full ? 'NO_SPACE' : 'SPAWN_FAILED', {
      message: `The keeper cannot be installed in ${target}`,
      cause: error,
    });
  }
  return { entry, build };
}

/** Tries to get into a place that others want at the same time. */
const placeTries = 5;

/**
 * Renames into place; a damaged copy is moved aside first, whole, since others may look or do the same (its files stay
 * open in whoever runs from them).
 */
async function place(temporary: string, target: string, isIntact: () => Promise<boolean>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await rename(temporary, target);
      return;
    } catch (error) {
      if (tries === placeTries) throw error;
    }
    if (await isIntact()) return await rm(temporary, { recursive: true, force: true });
    const aside = `${temporary}.old${String(tries)}`;
    await rename(target, aside).catch(() => undefined);
    await rm(aside, { recursive: true, force: true });
  }
}

/** Name of each file and where it is. */
async function builtFiles(dir: string): Promise<ReadonlyMap<string, string>> {
  const sources = new Map<string, string>();
  for (const place of [dir, join(dir, PLATFORM)]) {
    const present = new Set(await readdir(place).catch(() => []));
    for (const file of FILES) if (present.has(file)) sources.set(file, join(place, file));
  }
  if (sources.has(ENTRY) && sources.has('pty.node')) return sources;
  throw new AppError('SPAWN_FAILED', {
    message: `The keeper is not built: ${dir} has no ${ENTRY} and pty.node`,
    hint: 'Run: node apps/daemon/scripts/build-keeper.mjs',
  });
}

async function isIntact(dir: string, files: readonly string[], build: string): Promise<boolean> {
  const copies = new Map(files.map((file) => [file, join(dir, file)]));
  return (await hashOf(copies).catch(() => null)) === build;
}

async function hashOf(files: ReadonlyMap<string, string>): Promise<string> {
  const hash = createHash('sha256');
  for (const [file, source] of files) {
    const content = await readFile(source);
    hash.update(`${file} ${String(content.length)}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}
