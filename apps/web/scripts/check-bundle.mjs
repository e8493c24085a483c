// Measures the built web app (gzip) against its budgets and exits 1 on excess.
// Shell = what every page loads; a route = shell + its own chunk with everything that it imports.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const KB = 1000;
/** Budgets in gzipped bytes. */
const SHELL = 200 * KB;
const SESSION_ROUTE = 330 * KB;
const OTHER_ROUTE_EXTRA = 80 * KB;

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8'));
const sizes = new Map();

const sizeOf = (file) => {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(dist, file)), { level: 9 }).length);
  return sizes.get(file);
};

/** Files that loading this chunk brings along; `deep` follows dynamic imports too. */
function filesOf(key, deep, seen = new Set(), files = new Set()) {
  if (seen.has(key)) return files;
  seen.add(key);
  const chunk = manifest[key];
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const next of [...(chunk.imports ?? []), ...(deep ? (chunk.dynamicImports ?? []) : [])])
    filesOf(next, deep, seen, files);
  return files;
}

const total = (files) => [...files].reduce((sum, file) => sum + sizeOf(file), 0);
const shell = filesOf('index.html', false);
const rows = [{ name: 'shell', bytes: total(shell), limit: SHELL }];

for (const key of Object.keys(manifest).filter((name) => name.startsWith('src/routes/'))) {
  const session = /session/.test(key);
  const all = total(new Set([...shell, ...filesOf(key, session)]));
  rows.push({ name: key, bytes: all, limit: session ? SESSION_ROUTE : total(shell) + OTHER_ROUTE_EXTRA });
}

const kb = (bytes) => `${(bytes / KB).toFixed(1)} kB`.padStart(9);
for (const { name, bytes, limit } of rows)
  console.log(`${bytes > limit ? 'OVER' : 'ok  '} ${kb(bytes)} of ${kb(limit)}  ${name}`);
if (rows.some(({ bytes, limit }) => bytes > limit)) {
  console.error('The bundle is over budget: load the new part lazily, or take it out.');
  process.exit(1);
}
