import { mkdtempSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ManualClock } from '@roundhouse/kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BranchWatch } from './branch-watch.js';

let root: string;
let clock: ManualClock;
let watch: BranchWatch;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'branch-watch-'));
  clock = new ManualClock();
  watch = new BranchWatch(clock);
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** As git does it: a new file takes the place of the old one. */
function checkOut(branch: string, directory = root): void {
  const head = path.join(directory, '.git', 'HEAD');
  mkdirSync(path.dirname(head), { recursive: true });
  writeFileSync(`${head}.lock`, `ref: refs/heads/${branch}\n`);
  renameSync(`${head}.lock`, head);
}

test('a branch that is checked out is seen the next time, and the way back too', async () => {
  for (const branch of ['main', 'main', 'next', 'main']) {
    checkOut(branch);
    expect(await watch.look(root)).toEqual({ exists: true, branch });
    expect(await watch.look(root)).toEqual({ exists: true, branch });
  }
});

test('a repository that goes, comes, or is made further down', async () => {
  const below = path.join(root, 'a', 'b');
  mkdirSync(below, { recursive: true });
  expect(await watch.look(below)).toEqual({ exists: true, branch: null });
  checkOut('outer');
  expect(await watch.look(below)).toEqual({ exists: true, branch: 'outer' });
  checkOut('inner', below);
  clock.advance(60_000);
  expect(await watch.look(below)).toEqual({ exists: true, branch: 'inner' });
  rmSync(path.join(below, '.git'), { recursive: true });
  expect(await watch.look(below)).toEqual({ exists: true, branch: 'outer' });
  rmSync(path.join(root, '.git'), { recursive: true });
  expect(await watch.look(below)).toEqual({ exists: true, branch: null });
});

test('a directory that is gone, or is none', async () => {
  checkOut('main');
  await watch.look(root);
  expect(await watch.look(path.join(root, 'gone'))).toEqual({ exists: false, branch: null });
  expect(await watch.look(path.join(root, '.git', 'HEAD'))).toEqual({ exists: false, branch: null });
});
