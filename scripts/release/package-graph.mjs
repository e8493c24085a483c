// Owns which packages programs need: their manifests followed from one installed package to the next.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RunError } from '../run/output.mjs';

const readManifest = (dir) => JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));

/** Packages of others that the packages in `roots` reach, sorted; those of Roundhouse itself are walked through. */
export function reachable(roots) {
  const seen = new Map();
  const open = roots.map((dir) => realpathSync(dir));
  while (open.length > 0) {
    const dir = open.pop();
    if (seen.has(dir)) continue;
    const manifest = readManifest(dir);
    const needs = namesOf(manifest).flatMap(
      ({ name, isOptional }) => find(dir, name) ?? missing(dir, name, isOptional),
    );
    seen.set(dir, { dir, manifest, needs });
    open.push(...needs);
  }
  const isForeign = ({ manifest }) => !manifest.name.startsWith('@roundhouse/');
  const direct = new Set([...seen.values()].filter((each) => !isForeign(each)).flatMap(({ needs }) => needs));
  return [...seen.values()]
    .filter(isForeign)
    .map(({ dir, manifest, needs }) => ({
      ...{ name: manifest.name, version: manifest.version, license: licenseOf(manifest), dir },
      ...{ isDirect: direct.has(dir), needs: needs.map((each) => idOf(seen.get(each).manifest)).sort() },
    }))
    .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

export const idOf = ({ name, version }) => `${name}@${version}`;

/** An optional peer counts only where somebody asks for it. */
function namesOf({
  dependencies = {},
  optionalDependencies = {},
  peerDependencies = {},
  peerDependenciesMeta = {},
}) {
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  const names = new Set([...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...peers]);
  return [...names].sort().map((name) => ({ name, isOptional: Object.hasOwn(optionalDependencies, name) }));
}

/** Where Node would find `name` from `dir`, or null. */
function find(dir, name) {
  for (let at = dir; ; at = dirname(at)) {
    const place = join(at, 'node_modules', name);
    if (existsSync(join(place, 'package.json'))) return realpathSync(place);
    if (at === dirname(at)) return null;
  }
}

/** What is for other platforms is not there, and nothing else may be missing. */
function missing(dir, name, isOptional) {
  if (isOptional) return [];
  throw new RunError(`${dir} needs ${name}, which is not installed`);
}

function licenseOf({ license, licenses }) {
  if (typeof license === 'string') return license;
  return license?.type ?? licenses?.[0]?.type ?? null;
}
