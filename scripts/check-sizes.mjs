// Owns the size rule: no source file over 400 lines, and the repository's median and p90 stay where they belong.
// ESLint has the same limit for code; this one also sees styles, shell scripts and the files that lint ignores.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exemptFromSize } from './size-exempt.mjs';
import { root } from './run/paths.mjs';

const maxLines = 400;
const maxMedian = 100;
const maxP90 = 250;
/** Below this many files the distribution says nothing. */
const minFiles = 50;
const source = /^(packages|apps|e2e|bench|scripts)\/.*\.(ts|tsx|mjs|cjs|js|css|sh)$/;

const git = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 ** 2,
});
if (git.status !== 0) throw new Error(`git ls-files failed: ${git.stderr}`);

const sizes = git.stdout
  .split('\0')
  .filter((path) => source.test(path) && !exemptFromSize(path) && existsSync(join(root, path)))
  .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length }))
  .sort((a, b) => a.lines - b.lines);

const at = (share) => sizes[Math.floor(sizes.length * share)]?.lines ?? 0;
const tooLong = sizes.filter(({ lines }) => lines > maxLines);
for (const { path, lines } of tooLong) console.error(`${path}: ${lines} lines, the limit is ${maxLines}`);

const drifted = sizes.length >= minFiles && (at(0.5) > maxMedian || at(0.9) > maxP90);
if (drifted)
  console.error(`files have grown: median ${at(0.5)} (≤ ${maxMedian}), p90 ${at(0.9)} (≤ ${maxP90})`);
console.log(`${sizes.length} files, median ${at(0.5)} lines, p90 ${at(0.9)}, longest ${at(0.9999)}`);
process.exitCode = tooLong.length > 0 || drifted ? 1 : 0;
