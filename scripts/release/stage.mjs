// Owns the source of one commit, unpacked and built in a directory of its own: nothing of a checkout gets into a release.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { must } from './must.mjs';

const parts = ['prisma', 'compile', 'keeper', 'program', 'web'];

/** Resolves to the full hash of `ref` and the second it was committed at. */
export async function commitOf(ref) {
  const out = await must('git', ['log', '-1', '--format=%H %ct', ref, '--']);
  const [commit, seconds] = out.trim().split(' ');
  return { commit, seconds: Number(seconds) };
}

/** Unpacks `commit` into `dir` and builds it with its own builder and its own lockfile. */
export async function buildSource(dir, commit) {
  mkdirSync(dir, { recursive: true });
  const tar = join(dir, '..', 'source.tar');
  await must('git', ['archive', '-o', tar, commit]);
  await must('tar', ['-xf', tar, '-C', dir]);
  // A program of its own, since this one has its own idea of where the root is.
  const builder = pathToFileURL(join(dir, 'scripts/run/build.mjs')).href;
  const program = `await (await import(${JSON.stringify(builder)})).build({ only: ${JSON.stringify(parts)} })`;
  await must(process.execPath, ['--input-type=module', '-e', program], { cwd: dir, label: 'building' });
}
