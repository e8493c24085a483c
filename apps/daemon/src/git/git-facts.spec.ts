import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '@roundhouse/kit';
import { findGitLayout, readGitHead, readSmallLine } from '../inventory/git-head.js';
import { readGitFacts } from './git-facts.js';
import { webUrl } from './remote-url.js';
import { TestBed } from './test-bed.js';

describe('webUrl', () => {
  it.each([
    ['https://user:secret@example.org/o/r.git', 'https://example.org/o/r'],
    ['http://example.org:8080/o/r/', 'https://example.org/o/r'],
    ['https://example.org:8443/o/r', 'https://example.org:8443/o/r'],
    ['git@example.org:o/r.git', 'https://example.org/o/r'],
    ['example.org:o/r', 'https://example.org/o/r'],
    ['ssh://git@example.org:2222/o/r.git', 'https://example.org/o/r'],
    ['/srv/r.git', null],
    ['file:///srv/r', null],
    ['ext::sh -c x', null],
    ['javascript:alert(1)//x', null],
    ['', null],
  ])('%s -> %s', (remote, url) => {
    expect(webUrl(remote)).toBe(url);
  });
});

describe('readGitFacts', () => {
  it('tells branch, remote and distance of a trusted project and its worktrees', async () => {
    using bed = new TestBed();
    const { project, path, branch, trust, worktrees } = await bed.worktree();
    bed.git(project, 'remote', 'add', 'origin', 'https://me:secret@example.org/o/r.git');
    bed.git(project, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
    bed.git(project, 'branch', '-q', '-u', 'origin/main');
    bed.git(project, 'commit', '-q', '--allow-empty', '-m', 'Ahead');
    const options = { trust, worktrees, clock: systemClock };
    const remoteUrl = 'https://example.org/o/r';
    const upstream = { ahead: 1, behind: 0 };
    expect(await readGitFacts(join(project, 'dir'), options)).toEqual({
      top: project,
      branch: 'main',
      remoteUrl,
      upstream,
    });
    expect(await readGitFacts(join(path, 'dir'), options)).toEqual({
      top: path,
      branch,
      remoteUrl,
      upstream: null,
    });
    await trust.revoke(project);
    expect(await readGitFacts(project, options)).toEqual({
      top: project,
      branch: 'main',
      remoteUrl: null,
      upstream: null,
    });
    expect(await readGitFacts(bed.base, options)).toBeNull();
  });
});

describe('git-head', () => {
  it('reads a detached HEAD and a linked worktree as text', async () => {
    using bed = new TestBed();
    const project = bed.repository();
    const linked = join(bed.base, 'linked');
    bed.git(project, 'worktree', 'add', '-q', '-b', 'feature/x', linked);
    bed.git(project, 'checkout', '-q', '--detach');
    const main = await findGitLayout(project);
    const other = await findGitLayout(join(linked, 'dir'));
    expect(other).toMatchObject({ top: linked, commonDir: join(project, '.git'), mainTop: project });
    expect(await readGitHead({ gitDir: other?.gitDir ?? '' })).toEqual({
      branch: 'feature/x',
      detached: false,
    });
    const short = bed.git(project, 'rev-parse', 'HEAD').slice(0, 8);
    expect(await readGitHead({ gitDir: main?.gitDir ?? '' })).toEqual({ branch: short, detached: true });
  });

  it('reads neither links, devices, pipes nor long files', async () => {
    using bed = new TestBed();
    const file = (name: string): string => join(bed.base, name);
    writeFileSync(file('secret'), 'secret\n');
    symlinkSync(file('secret'), file('link'));
    execFileSync('mkfifo', [file('pipe')]);
    writeFileSync(file('long'), 'x'.repeat(5000));
    for (const name of ['link', 'pipe', 'long', 'none']) expect(await readSmallLine(file(name))).toBeNull();
    expect(await readSmallLine('/dev/zero')).toBeNull();
    expect(await readSmallLine(file('secret'))).toBe('secret');
  });
});
