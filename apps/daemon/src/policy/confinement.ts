// Whether a path is really below the roots, and below which one.
import { AppError } from '@roundhouse/protocol';
import { assertUnderRoots, isUnder, realRoots } from '../inventory/path-confinement.js';

/**
 * The real path and the real root that holds it; links are followed before anything is decided.
 * @throws AppError DIRECTORY_MISSING, PATH_OUTSIDE_ROOTS
 */
export async function confine(
  target: string,
  roots: readonly string[],
): Promise<{ path: string; root: string }> {
  const path = await assertUnderRoots(target, roots);
  const root = (await realRoots(roots)).find((candidate) => isUnder(path, candidate));
  if (root === undefined) throw new AppError('PATH_OUTSIDE_ROOTS');
  return { path, root };
}
