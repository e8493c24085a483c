// Which of two versions is the newer one, by the precedence of Semantic Versioning.

const pattern = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/** The version without a `v` in front and without build metadata; null for what is none. */
export function parseVersion(text: string): string | null {
  const found = pattern.exec(text.trim());
  if (!found) return null;
  const [, major, minor, patch, prerelease] = found;
  return `${major ?? ''}.${minor ?? ''}.${patch ?? ''}${prerelease === undefined ? '' : `-${prerelease}`}`;
}

/** False for what is no version, and for a prerelease: nobody is told to install one. */
export function isNewerVersion(candidate: string, than: string): boolean {
  const [ours, theirs] = [pattern.exec(candidate), pattern.exec(than)];
  if (!ours || !theirs || ours[4] !== undefined) return false;
  for (const part of [1, 2, 3]) {
    const difference = Number(ours[part]) - Number(theirs[part]);
    if (difference !== 0) return difference > 0;
  }
  // A release comes after its own prereleases.
  return theirs[4] !== undefined;
}
