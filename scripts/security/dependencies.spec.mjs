// R:H18 the dependencies without any network: versions that are known to be safe, pinned by hash, from the registry alone, and
// no install script that nobody has looked at. The audit of the registry is for public CI; it may be out of reach here.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { integrityOf } from '../release/sbom.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');
const lockfile = read('pnpm-lock.yaml');
const pinned = [...integrityOf(lockfile).keys()];
const versionsOf = (name) =>
  pinned.filter((id) => id.slice(0, id.lastIndexOf('@')) === name).map((id) => id.slice(name.length + 1));

/** Dotted numbers only: a prerelease is less than its release. */
function isAtLeast(version, minimum) {
  const [core, prerelease] = version.split('-');
  const [ours, theirs] = [core, minimum].map((text) => text.split('.').map(Number));
  const index = ours.findIndex((part, at) => part !== theirs[at]);
  return index === -1 ? prerelease === undefined : ours[index] > theirs[index];
}

/** Names of the packages that pnpm has unpacked here, with their scripts. */
function installed() {
  const store = join(root, 'node_modules/.pnpm');
  const folders = readdirSync(store).filter((name) => name !== 'node_modules' && name !== 'lock.yaml');
  return folders.flatMap((folder) => {
    // `@scope+name@1.0.0_peers`: names of paths that are too long end in a hash, after the name all the same.
    const name = folder.slice(0, folder.indexOf('@', 1)).replace('+', '/');
    const file = join(store, folder, 'node_modules', name, 'package.json');
    return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8'))] : [];
  });
}

describe('dependencies', () => {
  const { minimums, never } = JSON.parse(read('security/minimums.json'));

  it.each(Object.entries(minimums))('R:H18 %s is at least %s', (name, minimum) => {
    const versions = versionsOf(name);
    expect(versions).not.toEqual([]);
    expect(versions.filter((version) => !isAtLeast(version, minimum))).toEqual([]);
  });

  it('R:H18 none of them is a version that carried foreign code', () => {
    expect(pinned.filter((id) => never.includes(id))).toEqual([]);
  });

  it('R:H18 each is pinned by its hash, and comes from the registry', () => {
    const entries = lockfile.slice(lockfile.indexOf('\npackages:\n'), lockfile.indexOf('\nsnapshots:\n'));
    const resolutions = entries.match(/^ {4}resolution: .*/gm);
    expect(resolutions.length).toBeGreaterThan(300);
    expect(
      resolutions.filter((line) => !/^ {4}resolution: \{integrity: sha512-[\w+/=]+\}$/.test(line)),
    ).toEqual([]);
  });

  it('R:H18 no install script runs, and each package that has one was looked at', () => {
    const settings = read('pnpm-workspace.yaml');
    expect(settings).toContain('onlyBuiltDependencies: []');
    const seen = settings.slice(settings.indexOf('ignoredBuiltDependencies:'));
    const allowed = [...seen.matchAll(/^ {2}- '?([^'\n]+)'?$/gm)].map(([, name]) => name);
    const withScript = installed()
      .filter(({ scripts = {} }) => ['preinstall', 'install', 'postinstall'].some((name) => scripts[name]))
      .map(({ name }) => name);
    expect(withScript.length).toBeGreaterThan(0);
    expect([...new Set(withScript)].filter((name) => !allowed.includes(name))).toEqual([]);
  });
});
