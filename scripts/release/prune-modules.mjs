// Owns the dependencies of a release: what its programs can reach stays; the rest of pnpm's tree goes (command lines that
// are only a peer of something, declarations, source maps), and so does every trace of where it was installed.
import { lstatSync, readdirSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { reachable } from './package-graph.mjs';

/** Nothing runs them. */
const notRun = /(\.d\.[cm]?ts|\.map|\.md|\.markdown)$/i;
const kept = /licen[cs]e|notice/i;
/** Prisma's compilers for other databases than PostgreSQL. */
const otherDatabase = /query_compiler_\w+\.(cockroachdb|mysql|sqlite|sqlserver)\./;
const isNeeded = (name) => (!notRun.test(name) || kept.test(name)) && !otherDatabase.test(name);

/** Prunes `tree` in place; returns the packages that stay: `{name, version, license, dir, needs}`. */
export function pruneModules(tree, programs) {
  const inside = reachable(programs.map((path) => join(tree, path)));
  const store = join(tree, 'node_modules/.pnpm');
  const wanted = new Set(inside.map(({ dir }) => relative(store, dir).split(sep)[0]));
  for (const entry of readdirSync(store)) {
    if (entry !== 'node_modules' && !wanted.has(entry)) rmSync(join(store, entry), { recursive: true });
  }
  for (const file of ['.modules.yaml', '.pnpm-workspace-state-v1.json'])
    rmSync(join(tree, 'node_modules', file), { force: true });
  clean(tree);
  return inside;
}

function clean(dir) {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    const found = lstatSync(path);
    // Programs of packages: shell scripts with the absolute path of their installation.
    if (found.isDirectory() && name === '.bin') rmSync(path, { recursive: true });
    else if (found.isDirectory()) clean(path);
    else if (found.isSymbolicLink()) unlinkIfDangling(path);
    else if (path.includes(`node_modules${sep}`) && !isNeeded(name)) unlinkSync(path);
  }
  if (readdirSync(dir).length === 0) rmSync(dir, { recursive: true });
}

function unlinkIfDangling(path) {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) unlinkSync(path);
}
