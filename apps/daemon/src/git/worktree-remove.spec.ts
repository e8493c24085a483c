import { existsSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestBed } from './test-bed.js';

const code = (value: string): unknown => expect.objectContaining({ code: value });

describe('status and remove (R:C27)', () => {
  it('lists everything that is nowhere else, and counts it', async () => {
    using bed = new TestBed();
    const { worktrees, sessionId, path } = await bed.worktree();
    bed.write(join(path, '.gitignore'), 'out/\n');
    bed.git(path, 'add', '.gitignore');
    bed.git(path, 'commit', '-q', '-m', 'My work');
    bed.write(join(path, 'a.txt'), 'changed');
    bed.write(join(path, 'staged.txt'), 's');
    bed.git(path, 'add', 'staged.txt');
    bed.write(join(path, 'new dir/ü.txt'), 'n');
    bed.write(join(path, 'out/x'), 'i');
    const status = await worktrees.status(sessionId);
    expect(status).toMatchObject({
      path,
      dirty: ['a.txt', 'staged.txt'],
      untracked: ['new dir/ü.txt'],
      unmerged: [expect.stringMatching(/^[0-9a-f]{7,} My work$/)],
      counts: { dirty: 2, untracked: 1, unmerged: 1, ignored: 1 },
    });
    await expect(worktrees.remove({ sessionId, confirm: false })).rejects.toMatchObject({
      code: 'WORKTREE_NOT_CLEAN',
      details: status,
    });
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('changed');
  });

  it.each(['dirty', 'untracked', 'unmerged', 'detached', 'assume-unchanged', 'nested'])(
    'refuses while there is only something %s',
    async (kind) => {
      using bed = new TestBed();
      const { worktrees, sessionId, path } = await bed.worktree();
      if (kind === 'dirty') bed.write(join(path, 'a.txt'), 'changed');
      if (kind === 'untracked') bed.write(join(path, 'n'), 'new');
      if (kind === 'detached') bed.git(path, 'checkout', '-q', '--detach');
      if (kind === 'unmerged' || kind === 'detached')
        bed.git(path, 'commit', '-q', '--allow-empty', '-m', 'x');
      if (kind === 'assume-unchanged') {
        bed.git(path, 'update-index', '--assume-unchanged', 'a.txt');
        bed.write(join(path, 'a.txt'), 'hidden');
      }
      if (kind === 'nested') bed.git(path, 'init', '-q', 'dir');
      await expect(worktrees.remove({ sessionId, confirm: false })).rejects.toThrow(
        code('WORKTREE_NOT_CLEAN'),
      );
      expect(existsSync(path)).toBe(true);
    },
  );

  it('removes a clean one without trace in the main checkout', async () => {
    using bed = new TestBed();
    const project = bed.repository();
    bed.write(join(project, 'a.txt'), 'dirty in main');
    const before = bed.snapshot(project);
    const { worktrees, sessionId, path } = await bed.worktree(project);
    expect(await worktrees.remove({ sessionId, confirm: false })).toEqual({
      rescueRef: null,
      branchDeleted: true,
    });
    expect(existsSync(path)).toBe(false);
    expect(bed.snapshot(project)).toEqual(before);
    await expect(worktrees.status(sessionId)).rejects.toThrow(code('WORKTREE_NOT_FOUND'));
  });

  it('keeps a merged branch’s commits and deletes the branch', async () => {
    using bed = new TestBed();
    const { worktrees, sessionId, path, project, branch } = await bed.worktree();
    bed.git(path, 'commit', '-q', '--allow-empty', '-m', 'Merged');
    bed.git(project, 'merge', '-q', '--ff-only', branch);
    expect(await worktrees.remove({ sessionId, confirm: false })).toEqual({
      rescueRef: null,
      branchDeleted: true,
    });
  });

  it('rescues commits, staged and unstaged changes when confirmed', async () => {
    using bed = new TestBed();
    const { worktrees, sessionId, path, project, branch } = await bed.worktree();
    bed.git(path, 'commit', '-q', '--allow-empty', '-m', 'Work');
    const tip = bed.git(path, 'rev-parse', 'HEAD');
    bed.write(join(path, 'a.txt'), 'staged');
    bed.git(path, 'add', 'a.txt');
    bed.write(join(path, 'a.txt'), 'on disk');
    rmSync(join(path, 'dir'), { recursive: true });
    const main = {
      status: bed.git(project, 'status', '--porcelain'),
      head: bed.git(project, 'rev-parse', 'HEAD'),
    };
    const { rescueRef, branchDeleted } = await worktrees.remove({ sessionId, confirm: true });
    expect(rescueRef).toMatch(new RegExp(`^refs/roundhouse/rescue/${sessionId}-\\d{8}T\\d{9}Z$`));
    const ref = rescueRef ?? '';
    expect(bed.git(project, 'show', `${ref}:a.txt`)).toBe('on disk');
    expect(bed.git(project, 'show', `${ref}^2:a.txt`)).toBe('staged');
    expect(bed.git(project, 'rev-parse', `${ref}^1`)).toBe(tip);
    expect(bed.git(project, 'ls-tree', '-r', '--name-only', ref)).toBe('a.txt');
    expect(branchDeleted).toBe(true);
    expect(bed.git(project, 'branch', '--list', branch)).toBe('');
    expect({
      status: bed.git(project, 'status', '--porcelain'),
      head: bed.git(project, 'rev-parse', 'HEAD'),
    }).toEqual(main);
    bed.git(project, 'fsck', '--strict', '--no-dangling');
  });

  it('rescues half a merge, submodules and repositories of their own', async () => {
    using bed = new TestBed();
    const library = bed.repository('library');
    const project = bed.repository();
    bed.git(project, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'lib');
    bed.git(project, 'commit', '-q', '-m', 'Submodule');
    const { worktrees, sessionId, path } = await bed.worktree(project);
    bed.git(path, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
    bed.git(join(path, 'lib'), 'commit', '-q', '--allow-empty', '-m', 'Only here');
    const only = bed.git(join(path, 'lib'), 'rev-parse', 'HEAD');
    bed.git(path, 'init', '-q', 'nested');
    bed.write(join(path, 'nested/n.txt'), 'nested');
    bed.git(path, 'checkout', '-q', '-b', 'theirs');
    bed.write(join(path, 'a.txt'), 'theirs');
    bed.git(path, 'commit', '-q', '-am', 'Theirs');
    bed.git(path, 'checkout', '-q', '-');
    bed.write(join(path, 'a.txt'), 'ours');
    bed.git(path, 'commit', '-q', '-am', 'Ours');
    expect(() => bed.git(path, 'merge', '-q', 'theirs')).toThrow();
    const { rescueRef } = await worktrees.remove({ sessionId, confirm: true });
    const ref = rescueRef ?? '';
    expect(bed.git(project, 'show', `${ref}:a.txt`)).toContain('<<<<<<<');
    expect(bed.git(project, 'show', `${ref}:nested/n.txt`)).toBe('nested');
    expect(bed.git(project, 'show', `${ref}:nested/dot-git/HEAD`)).toContain('refs/heads/');
    expect(bed.git(project, 'show', `${ref}:lib/b.txt`.replace('lib/b', 'lib/dir/b'))).toBe('two');
    expect(bed.git(project, 'show', `${ref}^2:conflict-stage-3/a.txt`)).toBe('theirs');
    const object = `dot-git-modules/lib/objects/${only.slice(0, 2)}/${only.slice(2)}`;
    expect(bed.git(project, 'ls-tree', '-r', '--name-only', ref).split('\n')).toContain(object);
  });

  it('rescues the index and commits of a directory that was removed by hand', async () => {
    using bed = new TestBed();
    const { worktrees, sessionId, path, project } = await bed.worktree();
    bed.git(path, 'commit', '-q', '--allow-empty', '-m', 'Work');
    bed.write(join(path, 'a.txt'), 'staged');
    bed.git(path, 'add', 'a.txt');
    rmSync(join(path, '..'), { recursive: true });
    await expect(worktrees.status(sessionId)).rejects.toThrow(code('DIRECTORY_MISSING'));
    await expect(worktrees.remove({ sessionId, confirm: false })).rejects.toThrow(code('WORKTREE_NOT_CLEAN'));
    const { rescueRef } = await worktrees.remove({ sessionId, confirm: true });
    expect(bed.git(project, 'show', `${rescueRef ?? ''}^2:a.txt`)).toBe('staged');
    expect(bed.git(project, 'log', '-1', '--format=%s', `${rescueRef ?? ''}^1`)).toBe('Work');
  });

  it('touches nothing of a worktree that git no longer knows', async () => {
    using bed = new TestBed();
    const { worktrees, sessionId, path, record } = await bed.worktree();
    rmSync(record.gitDir ?? '', { recursive: true });
    await expect(worktrees.remove({ sessionId, confirm: true })).rejects.toThrow(code('NOT_A_REPOSITORY'));
    expect(existsSync(join(path, 'a.txt'))).toBe(true);
    rmSync(path, { recursive: true });
    expect(await worktrees.remove({ sessionId, confirm: true })).toEqual({
      rescueRef: null,
      branchDeleted: false,
    });
    expect(worktrees.list()).toEqual([]);
  });

  it('refuses while the session runs, and after the path became a link', async () => {
    using bed = new TestBed();
    const { worktrees, sessionId, path } = await bed.worktree();
    bed.running.add(sessionId);
    await expect(worktrees.remove({ sessionId, confirm: true })).rejects.toThrow(code('SESSION_RUNNING'));
    bed.running.clear();
    const canary = join(bed.base, 'canary');
    bed.write(join(canary, 'keep.txt'), 'mine');
    rmSync(path, { recursive: true });
    symlinkSync(canary, path);
    await expect(worktrees.remove({ sessionId, confirm: true })).rejects.toThrow(code('PATH_OUTSIDE_ROOTS'));
    rmSync(path);
    rmSync(join(path, '..'), { recursive: true });
    symlinkSync(canary, join(path, '..'));
    bed.write(join(canary, sessionId.slice(0, 8), 'x'), 'mine');
    await expect(worktrees.remove({ sessionId, confirm: true })).rejects.toThrow(code('PATH_OUTSIDE_ROOTS'));
    expect(readdirSync(canary).sort()).toEqual([sessionId.slice(0, 8), 'keep.txt'].sort());
  });

  it('removes links in a worktree, not what they lead to, and does not believe its .git file', async () => {
    using bed = new TestBed();
    const { worktrees, sessionId, path, project } = await bed.worktree();
    const canary = join(bed.base, 'canary');
    bed.write(join(canary, 'dir/b.txt'), 'not of this worktree');
    const foreign = bed.git(project, 'hash-object', join(canary, 'dir/b.txt'));
    rmSync(join(path, 'dir'), { recursive: true });
    symlinkSync(join(canary, 'dir'), join(path, 'dir'));
    const other = bed.repository('other');
    writeFileSync(join(path, '.git'), `gitdir: ${other}/.git\n`);
    const { rescueRef } = await worktrees.remove({ sessionId, confirm: true });
    expect(bed.git(project, 'cat-file', '-p', `${rescueRef ?? ''}:dir`)).toBe(join(canary, 'dir'));
    expect(readdirSync(join(canary, 'dir'))).toEqual(['b.txt']);
    expect(() => bed.git(project, 'cat-file', '-e', foreign)).toThrow();
    expect(existsSync(path)).toBe(false);
    expect(bed.git(other, 'status', '--porcelain')).toBe('');
  });
});
