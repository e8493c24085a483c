// Property: whatever a working tree looks like, every byte of it is in the rescue commit.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '@roundhouse/kit';
import { TestBed } from './test-bed.js';

/** Working trees for one run; each costs about a second of git. */
const RUNS = 4;
const names = [
  'a.txt',
  'dir',
  'ünï',
  'with space',
  '-b',
  'new\nline',
  'quo"te\\',
  'GIT~1',
  'tab\t',
  ':(top)x',
  'dot-git',
];
const segment = fc.constantFrom(...names);
const change = fc.record({
  path: fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
  bytes: fc.uint8Array({ maxLength: 40 }),
  what: fc.constantFrom('file', 'file', 'file', 'executable', 'link', 'delete', 'crlf'),
  then: fc.constantFrom('nothing', 'add', 'commit'),
});

/** path -> `mode:hex` of every file and link below a directory, `.git` left out. */
function tree(top: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(top, below))) {
    const path = below === '' ? name : `${below}/${name}`;
    const stat = lstatSync(join(top, path));
    if (name === '.git') continue;
    if (stat.isDirectory()) Object.assign(found, tree(top, path));
    else if (stat.isSymbolicLink()) found[path] = `120000:${readlinkSync(join(top, path), 'hex')}`;
    else found[path] = `${stat.mode & 0o100 ? '100755' : '100644'}:${readFileSync(join(top, path), 'hex')}`;
  }
  return found;
}

function committed(project: string, ref: string): Record<string, string> {
  const git = (...args: string[]) => execFileSync('git', ['-C', project, ...args]);
  const found: Record<string, string> = {};
  for (const line of git('ls-tree', '-r', '-z', ref).toString().split('\0').filter(Boolean)) {
    const [meta = '', path = ''] = [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)];
    const [mode = '', , sha = ''] = meta.split(' ');
    found[path] = `${mode}:${git('cat-file', 'blob', sha).toString('hex')}`;
  }
  return found;
}

function apply(
  bed: TestBed,
  top: string,
  { path, bytes, what, then }: typeof change extends fc.Arbitrary<infer T> ? T : never,
): void {
  const file = join(top, path);
  // A file or link in the way of a directory gives way to it.
  for (let at = 0; (at = path.indexOf('/', at + 1)) > 0;) {
    const parent = join(top, path.slice(0, at));
    const stat = lstatSync(parent, { throwIfNoEntry: false });
    if (stat && !stat.isDirectory()) rmSync(parent);
  }
  if (what === 'delete') rmSync(file, { recursive: true, force: true });
  else {
    mkdirSync(join(file, '..'), { recursive: true });
    rmSync(file, { recursive: true, force: true });
    if (what === 'link') symlinkSync(`../../${bed.base}/nowhere-${String(bytes.length)}`, file);
    else writeFileSync(file, what === 'crlf' ? 'a\r\nb\n\r\n' : bytes);
    if (what === 'executable') chmodSync(file, 0o755);
  }
  if (then !== 'nothing') bed.git(top, '-c', 'core.protectNTFS=false', 'add', '-A');
  if (then === 'commit')
    bed.git(top, '-c', 'core.protectNTFS=false', 'commit', '-q', '--allow-empty', '-m', 'Step');
}

describe('rescue', () => {
  it('keeps every byte of any working tree (R:C27)', async () => {
    using bed = new TestBed();
    const project = bed.repository('project', { 'a.txt': 'one\n', 'dir/a.txt': 'two\n', '-b': 'three\n' });
    const { trust, worktrees } = await bed.open();
    await trust.trust(project);
    const main = bed.git(project, 'rev-parse', 'HEAD');
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const sessionId = newId();
        const { path, branch } = await worktrees.create({ project, root: bed.root, sessionId, profile: 'x' });
        for (const each of changes) apply(bed, path, each);
        // An untracked file, so that there always is something to rescue.
        writeFileSync(join(path, 'always'), sessionId);
        const before = tree(path);
        const head = bed.git(path, 'rev-parse', 'HEAD');
        const staged = bed.git(path, 'ls-files', '-s');
        const { rescueRef } = await worktrees.remove({ sessionId, confirm: true });
        expect(committed(project, rescueRef ?? '')).toEqual(before);
        expect(bed.git(project, 'rev-parse', `${rescueRef ?? ''}^1`)).toBe(head);
        const kept = bed.git(project, 'ls-tree', '-r', `${rescueRef ?? ''}^2`);
        expect(kept.replace(/ blob /g, ' ')).toBe(staged.replace(/ 0\t/g, '\t'));
        expect(bed.git(project, 'branch', '--list', branch)).toBe('');
      }),
      { numRuns: RUNS },
    );
    expect(bed.git(project, 'rev-parse', 'HEAD')).toBe(main);
    expect(bed.git(project, 'status', '--porcelain')).toBe('');
  }, 60_000);

  it('keeps names that are not UTF-8', async () => {
    using bed = new TestBed();
    const { worktrees, sessionId, path, project } = await bed.worktree();
    writeFileSync(Buffer.concat([Buffer.from(`${path}/`), Buffer.from([0x66, 0xff, 0xfe])]), 'odd');
    const { rescueRef } = await worktrees.remove({ sessionId, confirm: true });
    const listing = execFileSync('git', ['-C', project, 'ls-tree', '-z', '--name-only', rescueRef ?? '']);
    expect(listing.includes(Buffer.from([0x66, 0xff, 0xfe, 0]))).toBe(true);
  });
});
