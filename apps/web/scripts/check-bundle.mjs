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

/** Files that loading a chunk brings along. Stops at chunks in `known`. */
function filesOf(key, { known = new Set(), seen = new Set() } = {}) {
  if (seen.has(key) || known.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) filesOf(next, { known, seen });
  return seen;
}

const total = (chunks) => {
  const files = new Set([...chunks].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]));
  return [...files].reduce((sum, file) => sum + sizeOf(file), 0);
};
const shell = filesOf('index.html');
const rows = [{ name: 'shell', bytes: total(shell), limit: SHELL }];

for (const key of Object.keys(manifest).filter((name) => name.startsWith('src/routes/'))) {
  const session = /session|grid/.test(key);
  // The first output also needs the emulator; dialogs, finding and WebGL come after it.
  const extra = session ? filesOf('src/features/terminal/xterm-host.ts', { known: shell }) : [];
  const all = total([...shell, ...filesOf(key, { known: shell }), ...extra]);
  rows.push({ name: key, bytes: all, limit: session ? SESSION_ROUTE : total(shell) + OTHER_ROUTE_EXTRA });
}

const kb = (bytes) => `${(bytes / KB).toFixed(1)} kB`.padStart(9);
for (const { name, bytes, limit } of rows)
  console.log(`${bytes > limit ? 'OVER' : 'ok  '} ${kb(bytes)} of ${kb(limit)}  ${name}`);
if (rows.some(({ bytes, limit }) => bytes > limit)) {
  console.error('The bundle is over budget: load the new part lazily, or take it out.');
  process.exit(1);
}
