import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '@roundhouse/protocol';
import { checkBranchName, cleanName, shortId, worktreeNames } from './worktree-path.js';

const sessionId = '34752ac9-0000-4000-8000-000000000000';

describe('worktree names (R:H11)', () => {
  it('come from our ids', () => {
    expect(worktreeNames({ root: '/git', project: '/git/My Repo', profile: 'claude', sessionId })).toEqual({
      path: '/git/.agent-worktrees/My-Repo/34752ac9',
      branch: 'agent/claude-34752ac9',
      components: ['.agent-worktrees', 'My-Repo', '34752ac9'],
    });
  });

  it('stay below the root and plain whatever the project and profile are called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (project, profile) => {
        const names = worktreeNames({ root: '/git', project, profile, sessionId });
        expect(names.path).toMatch(/^\/git\/\.agent-worktrees\/[A-Za-z0-9_][A-Za-z0-9._-]*\/34752ac9$/);
        expect(names.path).not.toContain('..');
        expect(names.branch).toMatch(/^agent\/[A-Za-z0-9_][A-Za-z0-9._-]*-34752ac9$/);
        expect(() => checkBranchName(names.branch)).not.toThrow();
      }),
    );
  });

  it.each([
    ['..', 'x'],
    ['.git', 'x'],
    ['.GIT', 'x'],
    ['-b', 'b'],
    ['a.lock', 'a-lock'],
    ['日本', 'x'],
    ['a\0b', 'a-b'],
  ])('cleans %j', (name, clean) => {
    expect(cleanName(name, 'x')).toBe(clean);
  });

  it('refuses a session id that is no UUID', () => {
    expect(() => shortId('../../etc')).toThrow(AppError);
  });
});

describe('base branch (R:H11)', () => {
  it.each(['main', 'feature/x', 'origin/main', 'größe', 'a.b', 'v1-rc', 'x'.repeat(250)])(
    'takes %j',
    (name) => {
      expect(() => checkBranchName(name)).not.toThrow();
    },
  );

  it.each([
    '',
    '-b',
    '--upload-pack=x',
    '../../x',
    'a..b',
    'a\0b',
    'x'.repeat(300),
    'a b',
    'a\nb',
    '@',
    '@{-1}',
    'a@{1}',
    'HEAD^',
    'HEAD~1',
    'a:b',
    'a?',
    'a*',
    '[a]',
    'a\\b',
    '/a',
    'a/',
    'a//b',
    'a.',
    '.a',
    'a/.b',
    'a.lock',
    'a.lock/b',
    'a\u202eb',
    'a\u200bb',
    '\ufeffa',
    'a\u00a0b',
    '\ud800',
  ])('refuses %j', (name) => {
    expect(() => checkBranchName(name)).toThrow(expect.objectContaining({ code: 'BRANCH_INVALID' }));
  });
});
