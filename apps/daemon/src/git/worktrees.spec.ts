import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newId } from '@roundhouse/kit';
import { TestBed } from './test-bed.js';

const code = (value: string): unknown => expect.objectContaining({ code: value });

describe('create', () => {
  it('makes a private directory and a branch from HEAD', async () => {
    using bed = new TestBed();
    const { path, branch, project, sessionId, worktrees } = await bed.worktree();
    expect(path).toBe(join(bed.root, '.agent-worktrees/project', sessionId.slice(0, 8)));
    expect(branch).toBe(`agent/bash-${sessionId.slice(0, 8)}`);
    expect(readFileSync(join(path, 'dir/b.txt'), 'utf8')).toBe('two\n');
    for (const each of [path, join(path, '..'), join(path, '../..')])
      expect(statSync(each).mode & 0o777).toBe(0o700);
    expect(bed.git(path, 'branch', '--show-current')).toBe(branch);
    expect(bed.git(project, 'branch', '--show-current')).toBe('main');
    expect(worktrees.get(sessionId)?.path).toBe(path);
    expect((await bed.open()).worktrees.get(sessionId)?.path).toBe(path);
  });

  it('takes local and remote base branches', async () => {
    using bed = new TestBed();
    const project = bed.repository();
    bed.git(project, 'branch', 'old');
    bed.git(project, 'update-ref', 'refs/remotes/origin/far', 'HEAD');
    bed.git(project, 'commit', '-q', '--allow-empty', '-m', 'Second');
    const { trust, worktrees } = await bed.open();
    await trust.trust(project);
    for (const baseBranch of ['old', 'origin/far']) {
      const made = await worktrees.create({
        project,
        root: bed.root,
        sessionId: newId(),
        profile: 'x',
        baseBranch,
      });
      expect(bed.git(made.path, 'log', '-1', '--format=%s')).toBe('First');
    }
  });

  it('stays out of the git status of a repository around it', async () => {
    using bed = new TestBed();
    bed.repository('.', {});
    mkdirSync(join(bed.root, 'sub'));
    const inner = bed.repository('sub/inner');
    bed.write(join(bed.root, '.git/info/exclude'), 'sub/inner');
    const { trust, worktrees } = await bed.open();
    await trust.trust(inner);
    await trust.trust(bed.root);
    await worktrees.create({ project: inner, root: join(bed.root, 'sub'), sessionId: newId(), profile: 'x' });
    await worktrees.create({ project: bed.root, root: bed.root, sessionId: newId(), profile: 'x' });
    expect(bed.git(bed.root, 'status', '--porcelain')).toBe('');
    expect(readFileSync(join(bed.root, '.git/info/exclude'), 'utf8')).toBe(
      'sub/inner\n/sub/.agent-worktrees/\n/.agent-worktrees/\n',
    );
  });

  it('works from a linked worktree, a detached HEAD and with submodules', async () => {
    using bed = new TestBed();
    const library = bed.repository('library');
    const project = bed.repository();
    bed.git(project, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'lib');
    bed.git(project, 'commit', '-q', '-m', 'Submodule');
    const linked = join(bed.root, 'linked');
    bed.git(project, 'worktree', 'add', '-q', '--detach', linked);
    bed.git(linked, 'commit', '-q', '--allow-empty', '-m', 'Detached');
    const { worktrees, path, sessionId, branch, record } = await bed.worktree(linked);
    expect(record.commonDir).toBe(join(project, '.git'));
    expect(bed.git(path, 'log', '-1', '--format=%s')).toBe('Detached');
    expect(readdirSync(join(path, 'lib'))).toEqual([]);
    expect(await worktrees.remove({ sessionId, confirm: false })).toEqual({
      rescueRef: null,
      branchDeleted: false,
    });
    expect(bed.git(project, 'log', '-1', '--format=%s', branch)).toBe('Detached');
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ['PROJECT_UNTRUSTED', 'main', false],
    ['BRANCH_NOT_FOUND', 'none', true],
    ['BRANCH_INVALID', '../../x', true],
    ['BRANCH_INVALID', '-b', true],
    ['BRANCH_INVALID', '--detach', true],
    ['BRANCH_INVALID', 'a\0b', true],
    ['BRANCH_INVALID', 'x'.repeat(300), true],
    ['BRANCH_INVALID', 'ma\u202ein', true],
  ])('answers %s for base %j and leaves nothing (R:H11)', async (expected, baseBranch, trusted) => {
    using bed = new TestBed();
    const project = bed.repository();
    const before = bed.snapshot(project);
    const { trust, worktrees } = await bed.open();
    if (trusted) await trust.trust(project);
    const input = { project, root: bed.root, sessionId: newId(), profile: 'x', baseBranch };
    await expect(worktrees.create(input)).rejects.toThrow(code(expected));
    expect(bed.snapshot(project)).toEqual(before);
    expect(existsSync(join(bed.root, '.agent-worktrees'))).toBe(false);
  });

  it('says what is wrong with an empty repository, no repository, and a branch in the way', async () => {
    using bed = new TestBed();
    const { trust, worktrees } = await bed.open();
    const trusted = async (project: string): Promise<string> => {
      await trust.trust(project);
      return project;
    };
    const create = async (project: string) => {
      await trusted(project);
      return worktrees.create({ project, root: bed.root, sessionId: newId(), profile: 'x' });
    };
    const empty = join(bed.root, 'empty');
    mkdirSync(empty);
    await expect(create(empty)).rejects.toThrow(code('NOT_A_REPOSITORY'));
    bed.git(empty, 'init', '-q');
    await expect(create(empty)).rejects.toThrow(/no commits yet/);
    const project = bed.repository();
    const sessionId = newId();
    bed.git(project, 'branch', `agent/x-${sessionId.slice(0, 8)}`);
    await expect(
      worktrees.create({ project: await trusted(project), root: bed.root, sessionId, profile: 'x' }),
    ).rejects.toThrow(code('BRANCH_IN_USE'));
    bed.git(project, 'branch', '-D', `agent/x-${sessionId.slice(0, 8)}`);
    bed.git(project, 'branch', 'agent');
    await expect(create(project)).rejects.toThrow(code('BRANCH_IN_USE'));
    await expect(create(join(project, 'dir'))).rejects.toThrow(code('NOT_A_REPOSITORY'));
    rmSync(project, { recursive: true });
    const gone = { project, root: bed.root, sessionId: newId(), profile: 'x' };
    await expect(worktrees.create(gone)).rejects.toThrow(code('DIRECTORY_MISSING'));
    expect(existsSync(join(bed.root, '.agent-worktrees'))).toBe(false);
  });

  it.each(['.agent-worktrees', '.agent-worktrees/project'])(
    'refuses %s as a link; the canary is untouched (R:H11)',
    async (link) => {
      using bed = new TestBed();
      const canary = join(bed.base, 'canary');
      bed.write(join(canary, 'keep.txt'), 'mine');
      const project = bed.repository();
      mkdirSync(join(bed.root, link, '..'), { recursive: true });
      symlinkSync(canary, join(bed.root, link));
      const before = bed.snapshot(project);
      const { trust, worktrees } = await bed.open();
      await trust.trust(project);
      const input = { project, root: bed.root, sessionId: newId(), profile: 'x' };
      await expect(worktrees.create(input)).rejects.toThrow(code('PATH_OUTSIDE_ROOTS'));
      expect(bed.snapshot(project)).toEqual(before);
      expect(readdirSync(canary)).toEqual(['keep.txt']);
      expect(worktrees.list()).toEqual([]);
    },
  );

  it('never takes over, nor removes, a directory that exists', async () => {
    using bed = new TestBed();
    const project = bed.repository();
    const { trust, worktrees } = await bed.open();
    await trust.trust(project);
    const sessionId = newId();
    const taken = join(bed.root, '.agent-worktrees/project', sessionId.slice(0, 8), 'keep.txt');
    bed.write(taken, 'mine');
    const input = { project, root: bed.root, sessionId, profile: 'x' };
    await expect(worktrees.create(input)).rejects.toThrow(code('CONFLICT'));
    await bed.open();
    expect(readFileSync(taken, 'utf8')).toBe('mine');
  });

  it('never writes through a link in place of info/exclude', async () => {
    using bed = new TestBed();
    const project = bed.repository('.', { x: '1' });
    const canary = join(bed.base, 'canary');
    writeFileSync(canary, 'mine');
    rmSync(join(project, '.git/info/exclude'));
    symlinkSync(canary, join(project, '.git/info/exclude'));
    await expect(bed.worktree(project)).rejects.toThrow(/info\/exclude/);
    expect(readFileSync(canary, 'utf8')).toBe('mine');
    expect(existsSync(join(bed.root, '.agent-worktrees'))).toBe(false);
  });

  it('tidies up what an earlier daemon began and did not hand out', async () => {
    using bed = new TestBed();
    const { project, record, path, branch } = await bed.worktree();
    const intent = { ...record, event: 'intent', gitDir: null };
    writeFileSync(join(bed.stateDir, 'worktrees.jsonl'), `${JSON.stringify(intent)}\n{"torn`);
    const { worktrees } = await bed.open();
    expect(existsSync(path)).toBe(false);
    expect(bed.git(project, 'branch', '--list', branch)).toBe('');
    expect(bed.git(project, 'worktree', 'list').split('\n')).toHaveLength(1);
    expect(worktrees.list()).toEqual([]);
    expect((await bed.open()).worktrees.list()).toEqual([]);
  });

  it.each([60, 150, 250])('leaves nothing when it is aborted after %d ms', async (ms) => {
    using bed = new TestBed();
    const project = bed.repository();
    const { trust, worktrees } = await bed.open();
    await trust.trust(project);
    const before = bed.snapshot(project);
    const stop = new AbortController();
    const input = { project, root: bed.root, sessionId: newId(), profile: 'x' };
    const timer = setTimeout(() => {
      stop.abort(new Error('enough'));
    }, ms);
    const made = await worktrees.create(input, stop.signal).catch(() => null);
    clearTimeout(timer);
    expect(worktrees.get(input.sessionId)).toEqual(made);
    if (made) return;
    expect(bed.snapshot(project)).toEqual(before);
    expect(readdirSync(bed.root)).toEqual(['project']);
  });

  it('removes what a killed git left of a worktree, and nothing of others', async () => {
    using bed = new TestBed();
    const { project, record, path } = await bed.worktree();
    const id = path.slice(-8);
    const theirs = join(project, '.git/worktrees', `${id}-theirs`);
    bed.write(join(theirs, 'gitdir'), '/elsewhere/.git\n');
    bed.write(join(project, '.git/worktrees', `${id}1`, 'locked'), 'initializing\n');
    rmSync(join(project, '.git/worktrees', id, 'HEAD'));
    const intent = { ...record, event: 'intent', gitDir: null };
    writeFileSync(join(bed.stateDir, 'worktrees.jsonl'), `${JSON.stringify(intent)}\n`);
    await bed.open();
    expect(readdirSync(join(project, '.git/worktrees'))).toEqual([`${id}-theirs`]);
    expect(existsSync(path)).toBe(false);
  });
});

describe('disk full (R:C23)', () => {
  const mountable = process.getuid?.() === 0 && existsSync('/bin/mount');

  it.runIf(mountable).each(['worktrees only', 'everything'])(
    'answers NO_SPACE and leaves nothing: %s',
    async (what) => {
      using bed = new TestBed();
      const full = join(bed.base, 'small');
      mkdirSync(full);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', full]);
      try {
        const source = bed.repository('source', { 'big.bin': 'x'.repeat(12 * 1024 * 1024), 'a.txt': 'a' });
        const project = what === 'everything' ? join(full, 'project') : source;
        if (project !== source) bed.git(bed.base, 'clone', '-q', '--no-checkout', source, project);
        const refs = bed.git(project, 'for-each-ref');
        const { trust, worktrees } = await bed.open();
        await trust.trust(project);
        const input = { project, root: full, sessionId: newId(), profile: 'x' };
        await expect(worktrees.create(input)).rejects.toThrow(code('NO_SPACE'));
        expect(readdirSync(full)).toEqual(project === source ? [] : ['project']);
        expect(bed.git(project, 'for-each-ref')).toBe(refs);
        expect(bed.git(project, 'worktree', 'list').split('\n')).toHaveLength(1);
        expect(worktrees.list()).toEqual([]);
      } finally {
        execFileSync('umount', [full]);
      }
    },
  );
});

describe('locks (R:C25)', () => {
  it('names a stale index.lock within 3 s and leaves it', async () => {
    using bed = new TestBed();
    const project = bed.repository();
    const { trust, worktrees } = await bed.open();
    await trust.trust(project);
    const lock = join(project, '.git/index.lock');
    writeFileSync(lock, 'held');
    const start = performance.now();
    const input = { project, root: bed.root, sessionId: newId(), profile: 'x' };
    const failed = await worktrees.create(input).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'GIT_LOCKED', details: { file: lock } });
    expect(String(failed)).toContain(lock);
    expect(performance.now() - start).toBeLessThan(3500);
    expect(readFileSync(lock, 'utf8')).toBe('held');
    expect(existsSync(join(bed.root, '.agent-worktrees'))).toBe(false);
  });

  it('refuses to remove a locked worktree', async () => {
    using bed = new TestBed();
    const { worktrees, sessionId, project, path, record } = await bed.worktree();
    bed.git(project, 'worktree', 'lock', path);
    const removal = worktrees.remove({ sessionId, confirm: true });
    await expect(removal).rejects.toMatchObject({
      code: 'GIT_LOCKED',
      details: { file: `${record.gitDir ?? ''}/locked` },
    });
    expect(existsSync(path)).toBe(true);
  });
});
