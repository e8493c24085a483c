// Owns bringing pnpm: the exact version and the exact bytes that package.json names, without installing anything
// for the user. corepack checks the hash itself; without corepack the tarball is fetched by npm and checked here.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from './child.mjs';
import { explainFailure } from './explain.mjs';
import { RunError, say } from './output.mjs';
import { cacheDir, inRoot, readJson } from './paths.mjs';

/** Splits `pnpm@10.34.9+sha512.<hex>`. */
export function parsePin(packageManager) {
  const match = /^pnpm@(\d+\.\d+\.\d+)\+sha512\.([0-9a-f]{128})$/.exec(packageManager ?? '');
  if (!match) throw new RunError('package.json: "packageManager" must read pnpm@<version>+sha512.<hex>.');
  return { version: match[1], sha512: match[2] };
}

/** Resolves to the command line of the pinned pnpm, for example `['corepack', 'pnpm']`. */
export async function findPnpm(env) {
  const pin = parsePin(readJson(inRoot('package.json')).packageManager);
  const own = join(cacheDir, `pnpm-${pin.version}`, 'bin', 'pnpm.cjs');
  if (existsSync(own)) return [process.execPath, own];
  const corepack = await capture('corepack', ['pnpm', '--version'], { env }).catch(() => ({
    code: 1,
    output: '',
  }));
  if (corepack.code === 0 && corepack.output.trim().endsWith(pin.version)) return ['corepack', 'pnpm'];
  say(`pnpm ${pin.version}: fetching (corepack is not usable here)`);
  await fetchPnpm(pin, env);
  return [process.execPath, own];
}

async function fetchPnpm({ version, sha512 }, env) {
  mkdirSync(cacheDir, { recursive: true });
  const dir = mkdtempSync(join(cacheDir, 'pnpm-fetch-'));
  try {
    const pack = ['pack', `pnpm@${version}`, '--pack-destination', dir, '--silent'];
    const packed = await capture('npm', pack, { cwd: dir, env, label: 'fetching pnpm' });
    if (packed.code !== 0) throw explainFailure(`pnpm ${version} could not be fetched`, packed.output);
    const tarball = join(dir, readdirSync(dir).find((name) => name.endsWith('.tgz')) ?? 'missing.tgz');
    verifyTarball(tarball, sha512);
    const tar = await capture('tar', ['-xzf', tarball, '-C', dir]);
    if (tar.code !== 0) throw explainFailure('pnpm could not be unpacked', tar.output);
    renameSync(join(dir, 'package'), join(cacheDir, `pnpm-${version}`));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Throws a RunError unless the file's SHA-512 is the pinned one. */
export function verifyTarball(path, sha512) {
  const actual = createHash('sha512').update(readFileSync(path)).digest('hex');
  if (actual === sha512) return;
  throw new RunError('The fetched pnpm is not the one that package.json pins (its SHA-512 differs).', {
    hint: `Nothing of it was run. Expected ${sha512.slice(0, 16)}…, got ${actual.slice(0, 16)}…; check your registry.`,
  });
}
