// F:I1 R:H10 discovery with real repositories and hostile ones; git is run by the test only.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectInfoSchema } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseGitConfig } from './git-config.js';
import { ProjectScanner } from './projects.js';

let root: string;
beforeEach(() => (root = realpathSync(mkdtempSync(join(tmpdir(), 'rh-projects-')))));
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const git = (cwd: string, ...args: string[]): void => {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'init.defaultBranch=main'];
  execFileSync('git', [...identity, ...args], {
    cwd,
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
  });
};
const repository = (path: string): string => {
  const full = join(root, path);
  mkdirSync(full, { recursive: true });
  git(full, 'init');
  git(full, 'commit', '--allow-empty', '-m', 'first');
  return full;
};
/** A repository that only looks like one, for speed. */
const sketch = (path: string): string => {
  const full = join(root, path);
  mkdirSync(join(full, '.git'), { recursive: true });
  writeFileSync(join(full, '.git', 'HEAD'), 'ref: refs/heads/main\n');
  return full;
};
const scan = (depth = 6, roots = [root]) => new ProjectScanner().scan({ roots, depth });
const found = async (depth?: number, roots?: string[]) =>
  (await scan(depth, roots)).projects.map(({ path }) => path.slice(root.length + 1));

describe('discovery', () => {
  it('tells branch, remote and the main repository of a linked worktree', async () => {
    const main = repository('team/app');
    git(main, 'remote', 'add', 'origin', 'https://user:secret@example.com/team/app.git');
    git(main, 'worktree', 'add', '-b', 'feature/x', join(root, 'app-x'));
    git(main, 'worktree', 'add', '--detach', join(root, 'app-y'));
    const { projects, warnings } = await scan();
    expect(warnings).toEqual([]);
    for (const project of projects) projectInfoSchema.parse({ ...project, trusted: false });
    const remoteUrl = 'https://example.com/team/app';
    expect(projects).toEqual([
      { path: join(root, 'app-x'), name: 'app-x', branch: 'feature/x', remoteUrl, worktreeOf: main },
      {
        path: join(root, 'app-y'),
        name: 'app-y',
        branch: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
        remoteUrl,
        worktreeOf: main,
      },
      { path: main, name: 'app', branch: 'main', remoteUrl, worktreeOf: null },
    ]);
  });

  it('skips bare repositories, but not the worktrees of one', async () => {
    const main = repository('app');
    git(root, 'clone', '--bare', main, 'bare.git');
    git(root, 'clone', '--bare', main, 'layout/.bare');
    git(join(root, 'layout/.bare'), 'worktree', 'add', join(root, 'layout/main'), 'main');
    git(root, 'clone', '--bare', main, 'hidden/.git');
    const { projects } = await scan();
    expect(projects.map(({ path, worktreeOf }) => [path.slice(root.length + 1), worktreeOf])).toEqual([
      ['app', null],
      ['layout/main', null],
    ]);
  });

  it('goes as deep as asked and no deeper', async () => {
    sketch('1/2/three');
    expect(await found(2)).toEqual([]);
    expect(await found(3)).toEqual(['1/2/three']);
  });

  it('the root itself may be a repository and does not hide what is in it', async () => {
    sketch('');
    sketch('a/b/c/d');
    expect(await found()).toEqual(['', 'a/b/c/d']);
  });

  it('looks two levels into a repository for others', async () => {
    for (const path of ['app', 'app/vendor/lib', 'app/a/b/c']) sketch(path);
    expect(await found()).toEqual(['app', 'app/vendor/lib']);
  });

  it('never enters .git, node_modules, .agent-worktrees, or a symlink', async () => {
    const outside = realpathSync(mkdtempSync(join(tmpdir(), 'rh-outside-')));
    try {
      mkdirSync(join(outside, 'secret', '.git'), { recursive: true });
      writeFileSync(join(outside, 'secret', '.git', 'HEAD'), 'ref: refs/heads/main\n');
      for (const path of ['app', 'app/node_modules/x', 'app/.git/modules/x', '.agent-worktrees/app/s'])
        sketch(path);
      symlinkSync(outside, join(root, 'link'));
      symlinkSync(root, join(root, 'loop'));
      mkdirSync(join(root, 'fake'));
      symlinkSync(join(outside, 'secret', '.git'), join(root, 'fake', '.git'));
      expect(await found()).toEqual(['app']);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });

  it('overlapping roots list a project once; a missing root is a warning', async () => {
    sketch('a/b');
    expect(await found(6, [root, join(root, 'a'), `${root}/`])).toEqual(['a/b']);
    expect((await scan(6, [join(root, 'gone')])).warnings).toEqual([
      expect.stringContaining('check PROJECTS_ROOT'),
    ]);
  });

  it('stops at its limits and says so', async () => {
    for (let index = 0; index < 9; index += 1) sketch(`p${String(index)}`);
    const few = await new ProjectScanner({ directories: 5, projects: 100 }).scan({ roots: [root], depth: 6 });
    expect(few.warnings).toEqual([expect.stringContaining('Stopped after 5 directories')]);
    const listed = await new ProjectScanner({ directories: 500, projects: 4 }).scan({
      roots: [root],
      depth: 6,
    });
    expect(listed.projects).toHaveLength(4);
    expect(listed.warnings).toEqual([expect.stringContaining('More than 4 projects')]);
  });

  it('can be aborted', async () => {
    const signal = AbortSignal.abort(new Error('stopping'));
    await expect(new ProjectScanner().scan({ roots: [root], depth: 6, signal })).rejects.toThrow('stopping');
  });

  it('a rescan reads only directories that have changed', async () => {
    const app = sketch('team/app');
    mkdirSync(join(app, 'src'));
    for (const path of [join(app, 'src'), app, dirname(app), root]) utimesSync(path, 1, 1);
    const scanner = new ProjectScanner();
    expect((await scanner.scan({ roots: [root], depth: 6 })).directoriesRead).toBe(4);
    writeFileSync(join(app, '.git', 'HEAD'), 'ref: refs/heads/other\n');
    const again = await scanner.scan({ roots: [root], depth: 6 });
    expect(again.directoriesRead).toBe(0);
    expect(again.projects[0]?.branch).toBe('other');
    sketch('team/new');
    const third = await scanner.scan({ roots: [root], depth: 6 });
    expect(third.projects.map(({ name }) => name)).toEqual(['app', 'new']);
    rmSync(app, { recursive: true });
    expect((await scanner.scan({ roots: [root], depth: 6 })).projects.map(({ name }) => name)).toEqual([
      'new',
    ]);
  });
});

describe('hostile repositories (R:H10)', () => {
  it('runs nothing of theirs and follows none of their links', async () => {
    const canary = join(root, 'canary');
    const app = repository('app');
    const script = join(root, 'evil.sh');
    writeFileSync(script, `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 });
    writeFileSync(
      join(app, '.git/config'),
      `[core]\n\tfsmonitor = ${script}\n\tsshCommand = ${script}\n\thooksPath = ${root}\n[filter "x"]\n\tsmudge = ${script}\n` +
        `[include]\n\tpath = ${root}/other\n[remote "origin"]\n\turl = ext::sh -c ${script}\n`,
    );
    writeFileSync(join(root, 'other'), '[remote "origin"]\n\turl = https://evil.example/x\n');
    expect((await scan()).projects).toMatchObject([{ name: 'app', branch: 'main', remoteUrl: null }]);
    expect(existsSync(canary)).toBe(false);
  });

  it('does not hang on a FIFO, read through a link, or show control characters', async () => {
    const fifo = sketch('fifo');
    rmSync(join(fifo, '.git/HEAD'));
    execFileSync('mkfifo', [join(fifo, '.git/HEAD'), join(fifo, '.git/config')]);
    const linked = sketch('linked');
    rmSync(join(linked, '.git/HEAD'));
    symlinkSync('/etc/hostname', join(linked, '.git/HEAD'));
    const named = sketch('a\u001b[31m\nred');
    writeFileSync(join(named, '.git/HEAD'), 'ref: refs/heads/x\u001b]0;y\u0007\n');
    mkdirSync(join(root, 'pointer'));
    writeFileSync(join(root, 'pointer/.git'), `gitdir: /etc\n`);
    mkdirSync(join(root, 'empty/.git'), { recursive: true });
    const { projects } = await scan();
    expect(projects.map(({ name, branch }) => [name, branch])).toEqual([
      ['a\ufffd[31m\ufffdred', null],
      ['fifo', null],
      ['linked', null],
    ]);
    expect(readdirSync(root)).toHaveLength(5);
  });
});

describe('parseGitConfig', () => {
  it.each([
    ['[remote "origin"]\n\turl = git@github.com:o/r.git\n', 'https://github.com/o/r'],
    ['[remote "up"]\nurl = https://a/b\n[Remote "origin"] URL = "https://h/o/r" ; note\n', 'https://h/o/r'],
    ['[remote "origin"]\n\turl = ssh://git@h:22/o/r.git # x\n', 'https://h/o/r'],
    ['[remote "origin"]\n\turl = https://token@h/o/r\n', 'https://h/o/r'],
    ['[remote "origin"]\n\turl = /srv/git/x.git\n', null],
    ['[remote "origin"]\n\turl = javascript:alert(1)\n', null],
    ['url = https://h/o/r\n', null],
  ])('%j', (text, remoteUrl) => {
    expect(parseGitConfig(text)).toEqual({ bare: false, remoteUrl });
  });

  it('sees bare', () => {
    expect(parseGitConfig('[core]\n\tBare = true\n').bare).toBe(true);
  });
});
