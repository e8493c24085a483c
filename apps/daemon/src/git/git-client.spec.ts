import { closeSync, openSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '@roundhouse/kit';
import { openGit, type GitClient } from './git-client.js';
import { excerpt, gitError } from './git-errors.js';
import { TestBed } from './test-bed.js';

const open = (bed: TestBed, directory = bed.repository()): Promise<GitClient> =>
  openGit({ directory, clock: systemClock });

describe('GitClient', () => {
  it('gives exit code, bytes and words apart', async () => {
    using bed = new TestBed();
    const git = await open(bed);
    expect(await git.text(['rev-parse', '--abbrev-ref', 'HEAD'])).toBe('main');
    expect(await git.run(['rev-parse', '--verify', '--quiet', 'refs/heads/none'])).toMatchObject({
      exitCode: 1,
    });
    const input = Buffer.from([0, 255, 10]);
    const sha = await git.text(['hash-object', '-w', '--stdin'], { input });
    expect((await git.run(['cat-file', 'blob', sha])).stdout).toEqual(input);
  });

  it('passes nothing of the daemon’s environment on', async () => {
    using bed = new TestBed();
    const git = await open(bed);
    process.env['GIT_DIR'] = '/nonexistent';
    process.env['ROUNDHOUSE_TEST_SECRET'] = 'x';
    try {
      expect(await git.text(['rev-parse', '--git-dir'])).toBe('.git');
      const shown = await git.text(['-c', 'alias.show-env=!env', 'show-env']).catch(() => 'refused');
      expect(shown).not.toContain('ROUNDHOUSE_TEST_SECRET');
    } finally {
      delete process.env['GIT_DIR'];
      delete process.env['ROUNDHOUSE_TEST_SECRET'];
    }
  });

  it('ends a call that takes too long, that is aborted, or that says too much', async () => {
    using bed = new TestBed();
    const directory = bed.repository();
    const git = await open(bed, directory);
    // Reads stdin, which nobody ends.
    await expect(git.run(['cat-file', '--batch'], { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    const stop = new AbortController();
    const other = await openGit({ directory, clock: systemClock, signal: stop.signal });
    const call = other.run(['cat-file', '--batch']);
    stop.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await expect(other.run(['rev-parse', 'HEAD'])).rejects.toThrow('enough');
    await expect(git.run(['rev-parse', 'HEAD'], { maxBytes: 10 })).rejects.toThrow(/more than 10 bytes/);
  });

  it('retries a lock that goes away, and names one that stays and its holder (R:C25)', async () => {
    using bed = new TestBed();
    const directory = bed.repository();
    const git = await open(bed, directory);
    const lock = join(directory, '.git/refs/heads/x.lock');
    writeFileSync(lock, '');
    setTimeout(() => unlinkSync(lock), 300);
    expect((await git.run(['update-ref', 'refs/heads/x', 'HEAD'])).exitCode).toBe(0);
    const held = openSync(lock, 'wx');
    const start = performance.now();
    const call = git.run(['update-ref', 'refs/heads/x', 'HEAD', 'HEAD']);
    await expect(call).rejects.toMatchObject({
      code: 'GIT_LOCKED',
      details: { file: lock, holder: process.pid },
    });
    expect(performance.now() - start).toBeLessThan(4000);
    closeSync(held);
    expect(readFileSync(lock, 'utf8')).toBe('');
  });

  it('says when the directory is gone or holds no repository', async () => {
    using bed = new TestBed();
    await expect(open(bed, join(bed.root, 'none'))).rejects.toMatchObject({ code: 'DIRECTORY_MISSING' });
    const git = await open(bed, bed.root);
    await expect(git.text(['rev-parse', 'HEAD'])).rejects.toMatchObject({ code: 'NOT_A_REPOSITORY' });
  });
});

describe('gitError', () => {
  it.each([
    ["fatal: Unable to create '/x/.git/index.lock': File exists.\n", 'GIT_LOCKED'],
    ['error: unable to write file a: No space left on device', 'NO_SPACE'],
    ["fatal: 'x' is already checked out at '/y'", 'BRANCH_IN_USE'],
    ["fatal: 'x' is already used by worktree at '/y'", 'BRANCH_IN_USE'],
    ["fatal: cannot lock ref 'refs/heads/x': reference already exists", 'BRANCH_IN_USE'],
    ["fatal: detected dubious ownership in repository at '/x'", 'NOT_A_REPOSITORY'],
    ["fatal: '-b' is not a valid branch name", 'BRANCH_INVALID'],
    ['fatal: what', 'GIT_FAILED'],
  ])('%j is %s', (stderr, code) => {
    expect(gitError({ command: 'x', exitCode: 128, stderr })).toMatchObject({ code });
  });

  it('shows no credentials, hints or control characters', () => {
    const stderr = 'hint: no\nfatal: \u001b[31mhttps://u:pw@example.org/x failed\n';
    expect(excerpt(stderr)).toBe('fatal:  [31mhttps://example.org/x failed');
  });
});
