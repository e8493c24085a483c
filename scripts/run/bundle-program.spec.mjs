// A bundle does not depend on where it was made: `npm test` makes those of a checkout anew, and a daemon that runs there must
// still find the files that it loads on demand.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { inRoot } from './paths.mjs';

const app = mkdtempSync(join(tmpdir(), 'rh-bundle-'));
afterAll(() => rmSync(app, { recursive: true, force: true }));

/** Names and texts of the bundle's files. */
function bundledFrom(cwd) {
  execFileSync(process.execPath, [inRoot('scripts/run/bundle-program.mjs'), app], { cwd, timeout: 60_000 });
  const dir = join(app, 'dist/program');
  return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]));
}

it('has the same files from wherever it is called', () => {
  mkdirSync(join(app, 'dist'));
  writeFileSync(join(app, 'dist/main.js'), "export const later = () => import('./later.js');\n");
  writeFileSync(
    join(app, 'dist/later.js'),
    "export { os } from './old.cjs';\nexport const here = import.meta.url;\n",
  );
  writeFileSync(join(app, 'dist/old.cjs'), "exports.os = require('node:os');\n");
  const first = bundledFrom(inRoot());
  expect(Object.keys(first).filter((name) => /^later-.*\.js$/.test(name))).toHaveLength(1);
  expect(bundledFrom(inRoot('e2e'))).toEqual(first);
});
