// The commands of package.json hand on what stands behind them: `npm run test:containers -- --only tls`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { inRoot, readJson } from './paths.mjs';

const dir = mkdtempSync(join(tmpdir(), 'rh-npm-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const { scripts } = readJson(inRoot('package.json'));
const others = /\bnpm run /;

/** What the program of the script would be given: the programs themselves are replaced by one that tells. */
function given(name, ...args) {
  const told = `node -p "process.argv.slice(1).join(' ')" --`;
  const replaced = Object.entries(scripts).map(([key, text]) => [key, others.test(text) ? text : told]);
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ scripts: Object.fromEntries(replaced) }));
  const command = ['run', '--silent', name, '--', ...args];
  return execFileSync('npm', command, { cwd: dir, encoding: 'utf8', timeout: 30_000 }).trim();
}

it.each(Object.keys(scripts).filter((name) => others.test(scripts[name])))(
  '%s hands its arguments on',
  (name) => {
    expect(given(name, '--only', 'tls')).toBe('--only tls');
  },
);
