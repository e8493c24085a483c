// The one answer to "may this host touch that path": only below a root, links resolved.
import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { AppError } from '@roundhouse/protocol';

/** Whether a path is the root or lies below it; both absolute, links not looked at. */
export function isUnder(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/**
 * The real path of something that exists under one of the roots.
 * @throws AppError PATH_OUTSIDE_ROOTS (also through a symlink), DIRECTORY_MISSING (nothing is there)
 */
export async function assertUnderRoots(path: string, roots: readonly string[]): Promise<string> {
  const real = await realRoots(roots);
  if (!isAbsolute(path) || path.includes('\0')) throw outside(path, 'is no absolute path');
  const asked = resolve(path);
  if (![...roots.map((root) => resolve(root)), ...real].some((root) => isUnder(asked, root))) {
    throw outside(path, 'is outside the roots of this host');
  }
  const target = await nearestExisting(asked);
  if (!real.some((root) => isUnder(target.path, root))) {
    throw outside(path, 'leads outside the roots of this host through a symlink');
  }
  if (target.exact) return target.path;
  throw new AppError('DIRECTORY_MISSING', { message: `${printable(path)} does not exist` });
}

/** The real path, or that of the nearest parent that exists: whether a link led outside shows either way. */
async function nearestExisting(path: string): Promise<{ path: string; exact: boolean }> {
  for (let current = path; ; current = dirname(current)) {
    const real = await realpath(current).catch(() => null);
    if (real !== null) return { path: real, exact: current === path };
    if (current === dirname(current)) return { path: current, exact: false };
  }
}

/** The roots as they really are; one that is missing is left out. */
export async function realRoots(roots: readonly string[]): Promise<string[]> {
  const found = await Promise.all(roots.map((root) => realpath(root).catch(() => null)));
  return [...new Set(found.filter((root) => root !== null))];
}

const outside = (path: string, why: string): AppError =>
  new AppError('PATH_OUTSIDE_ROOTS', { message: `${printable(path)} ${why}` });

/** A path that comes from outside, safe to show. */
export const printable = (path: string): string => path.replace(/\p{C}/gu, '\ufffd').slice(0, 300);
