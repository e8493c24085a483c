// A hostile repository: every call of this folder, and not one of its programs may run.
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newId, systemClock } from '@roundhouse/kit';
import { openGit } from './git-client.js';
import { readGitFacts } from './git-facts.js';
import { filterOverrides } from './git-hardening.js';
import { TestBed } from './test-bed.js';

const hooks = [
  'post-checkout',
  'pre-commit',
  'post-commit',
  'reference-transaction',
  'post-index-change',
  'pre-auto-gc',
];
const programs = [
  'fsmonitor',
  'ssh',
  'smudge',
  'clean',
  'process',
  'included',
  'textconv',
  'external',
  'pager',
  'gpg',
  'merge',
  'worktree',
  'ext',
  'alias',
];

function hostile(bed: TestBed): string {
  const project = bed.repository('hostile', {
    'a.txt': 'one\n',
    'b.dat': 'data',
    'c.inc': 'inc',
    '.gitattributes': '*.txt filter=evil diff=evil merge=evil\n*.dat filter=proc\n*.inc filter=a=b\n',
  });
  const config = (key: string, value: string): string => bed.git(project, 'config', key, value);
  for (const hook of hooks) {
    bed.write(join(project, '.git/hooks', hook), readFileSync(bed.canary(hook)));
    bed.git(project, 'config', 'core.hooksPath', join(project, '.git/hooks'));
    bed.makeExecutable(join(project, '.git/hooks', hook));
  }
  config('core.fsmonitor', bed.canary('fsmonitor'));
  config('core.sshCommand', bed.canary('ssh'));
  config('core.pager', bed.canary('pager'));
  config('filter.evil.smudge', bed.canary('smudge'));
  config('filter.evil.clean', bed.canary('clean'));
  config('filter.evil.required', 'true');
  config('filter.proc.process', bed.canary('process'));
  config('diff.evil.textconv', bed.canary('textconv'));
  config('diff.external', bed.canary('external'));
  config('merge.evil.driver', bed.canary('merge'));
  config('gpg.program', bed.canary('gpg'));
  config('commit.gpgSign', 'true');
  config('log.showSignature', 'true');
  config('alias.status', `!${bed.canary('alias')}`);
  config('extensions.worktreeConfig', 'true');
  bed.write(join(project, '.git/config.worktree'), `[core]\n\tfsmonitor = ${bed.canary('worktree')}\n`);
  bed.write(join(bed.base, 'included'), `[filter "a=b"]\n\tsmudge = ${bed.canary('included')}\n`);
  config('include.path', join(bed.base, 'included'));
  config('protocol.ext.allow', 'always');
  config('remote.origin.url', `ext::${bed.canary('ext')}`);
  config('submodule.recurse', 'true');
  config('submodule.s.url', `ext::${bed.canary('ext')}`);
  bed.write(join(project, '.git/modules/.keep'), '');
  return project;
}

describe('a hostile repository (R:H10)', () => {
  const sang = (bed: TestBed): string[] => [...hooks, ...programs].filter((name) => bed.sang(name));

  it('runs none of its programs in any call', async () => {
    using bed = new TestBed();
    const project = hostile(bed);
    const { trust, worktrees } = await bed.open();
    const facts = { trust, worktrees, clock: systemClock };
    expect(await readGitFacts(project, facts)).toMatchObject({ branch: 'main', remoteUrl: null });
    await trust.trust(project);
    await readGitFacts(project, facts);
    for (const confirm of [false, true]) {
      const sessionId = newId();
      const { path } = await worktrees.create({
        project,
        root: bed.root,
        sessionId,
        profile: 'x',
        baseBranch: 'main',
      });
      expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('one\n');
      expect(await worktrees.status(sessionId)).toMatchObject({
        counts: { dirty: 0, untracked: 0, unmerged: 0 },
      });
      if (confirm)
        for (const file of ['a.txt', 'b.dat', 'c.inc', 'new.txt']) writeFileSync(join(path, file), 'changed');
      await worktrees.status(sessionId);
      await readGitFacts(path, facts);
      await worktrees.remove({ sessionId, confirm });
      expect(existsSync(path)).toBe(false);
    }
    expect(sang(bed)).toEqual([]);
  });

  it('would run them with a plain git: the canaries sing', () => {
    using bed = new TestBed();
    const project = hostile(bed);
    bed.git(project, 'worktree', 'add', '-q', join(bed.base, 'plain'));
    // Another time of writing: git asks the filter only about what may have changed.
    utimesSync(join(project, 'a.txt'), 1, 1);
    bed.git(project, 'status');
    expect(sang(bed)).toEqual(
      expect.arrayContaining(['post-checkout', 'worktree', 'smudge', 'clean', 'process', 'included']),
    );
  });

  it('runs no git at all in an untrusted project', async () => {
    using bed = new TestBed();
    const project = hostile(bed);
    const { trust, worktrees } = await bed.open();
    const path = process.env['PATH'];
    mkdirSync(join(bed.base, 'empty'));
    process.env['PATH'] = join(bed.base, 'empty');
    try {
      expect(await readGitFacts(project, { trust, worktrees, clock: systemClock })).toMatchObject({
        branch: 'main',
      });
      const input = { project, root: bed.root, sessionId: newId(), profile: 'x' };
      await expect(worktrees.create(input)).rejects.toMatchObject({ code: 'PROJECT_UNTRUSTED' });
    } finally {
      process.env['PATH'] = path;
    }
    expect(sang(bed)).toEqual([]);
  });

  it('starts no transport for a partial clone that lacks objects', async () => {
    using bed = new TestBed();
    const project = hostile(bed);
    bed.git(project, 'config', 'extensions.partialClone', 'origin');
    bed.git(project, 'config', 'remote.origin.promisor', 'true');
    const git = await openGit({ directory: project, clock: systemClock });
    expect((await git.run(['cat-file', '-p', '1'.repeat(40)])).exitCode).not.toBe(0);
    expect(sang(bed)).toEqual([]);
  });
});

describe('filterOverrides', () => {
  it('silences every driver, whatever its name', () => {
    const names = [
      'filter.a=b.smudge',
      'filter.x.y.required',
      'user.name',
      'diff.w.textconv',
      'filter.a=b.smudge',
      '',
    ];
    expect(filterOverrides(names.join('\0'))).toEqual({
      GIT_CONFIG_COUNT: '3',
      GIT_CONFIG_KEY_0: 'filter.a=b.smudge',
      GIT_CONFIG_VALUE_0: '',
      GIT_CONFIG_KEY_1: 'filter.x.y.required',
      GIT_CONFIG_VALUE_1: 'false',
      GIT_CONFIG_KEY_2: 'diff.w.textconv',
      GIT_CONFIG_VALUE_2: '',
    });
  });
});
