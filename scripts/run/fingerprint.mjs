// Owns "is it stale?": a content hash over the inputs of a step, kept in a stamp once the step has succeeded.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, stampDir } from './paths.mjs';

const skipped = new Set(['node_modules', 'dist', 'dist-types', '.cache', 'test-results', 'fixtures']);

/** Hash of files and folders (recursively, content and path; specs left out when `specs` is false). */
export function fingerprint(inputs, { salt = '', specs = false } = {}) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${salt}\0`);
  for (const path of inputs.flatMap((input) => listFiles(input)).sort()) {
    if (!specs && /\.spec\.[a-z]+$/.test(path)) continue;
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function listFiles(path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isFile()) return [path];
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    if (entry.isDirectory()) return listFiles(`${path}/${entry.name}`);
    return entry.isFile() ? [`${path}/${entry.name}`] : [];
  });
}

/** True when the step's stamp holds this hash and everything that it made is still there. */
export function isFresh(name, hash, outputs) {
  if (!outputs.every((path) => existsSync(join(root, path)))) return false;
  try {
    return readFileSync(join(stampDir, name), 'utf8') === hash;
  } catch {
    return false;
  }
}

export function writeStamp(name, hash) {
  mkdirSync(stampDir, { recursive: true });
  writeFileSync(join(stampDir, name), hash);
}

/** Before a step runs: an interrupted step must not look finished. */
export function dropStamp(name) {
  rmSync(join(stampDir, name), { force: true });
}
