// Links to repositories, the line under a name, the word of an end.
import { describe, expect, it } from 'vitest';
import { doing, makeHost, makeSession, minutesAgo, testNow } from '../../testing/entities.js';
import { exitWord, hasUsage, nowLine, remoteLinks, shortPath } from './session-text.js';

const host = makeHost({ lastSeenAt: minutesAgo(4) });

describe('remoteLinks', () => {
  it('leads to the branch by the ways of each site', () => {
    const to = (remoteUrl: string) => remoteLinks({ remoteUrl, branch: 'agent/fix #1' })?.branch;
    expect(to('https://github.com/a/b.git')).toBe('https://github.com/a/b/tree/agent/fix%20%231');
    expect(to('https://gitlab.example.org/a/b')).toBe(
      'https://gitlab.example.org/a/b/-/tree/agent/fix%20%231',
    );
  });

  it('makes no link of anything but http and https', () => {
    for (const remoteUrl of ['javascript:alert(1)', 'file:///etc', 'git@github.com:a/b', ''])
      expect(remoteLinks({ remoteUrl, branch: 'main' })).toBeNull();
  });
});

describe('nowLine', () => {
  it('says what it does, why it ended, or when its host was seen', () => {
    expect(nowLine(makeSession(host, doing('working', 1, 'Editing a.ts')), host, testNow)).toBe(
      'Editing a.ts',
    );
    const reason = { code: 'EXPIRED', message: 'The host did not come back in time', hint: '' };
    expect(nowLine(makeSession(host, { state: 'failed', stateReason: reason }), host, testNow)).toBe(
      reason.message,
    );
    expect(nowLine(makeSession(host, { state: 'unknown' }), host, testNow)).toBe(
      'Its host was last seen 4 min ago',
    );
    expect(nowLine(makeSession(host, { task: 'Do it\nwell' }), host, testNow)).toBe('Do it');
  });

  it('says of one that rests what it did last, never by which sign that is known', () => {
    const idle = doing('idle', 1, 'OSC 133 D;1');
    expect(nowLine(makeSession(host, idle), host, testNow)).toBe('');
    const sidecar = { last_cmd: 'npm test', last_exit_code: '1' };
    expect(nowLine(makeSession(host, { ...idle, sidecar }), host, testNow)).toBe('npm test · exit 1');
  });

  it('F:F11 says what a shell did last, and how that ended unless well', () => {
    const shell = (last_cmd: string, last_exit_code: string, activity = {}) =>
      nowLine(
        makeSession(host, { sidecar: { last_cmd, last_exit_code }, ...activity }),
        host,
        testNow,
        'mira@dev-01: ~/src',
      );
    expect(shell('npm test', '0')).toBe('npm test');
    expect(shell('npm test', '130')).toBe('npm test · exit 130');
    expect(shell('', '0')).toBe('mira@dev-01: ~/src');
    // Then it is the command before.
    expect(shell('npm test', '0', doing('working', 1, 'prompt'))).toBe('mira@dev-01: ~/src');
  });
});

describe('exitWord', () => {
  it('names signal or code of a bad end only', () => {
    expect(exitWord({ signal: 'SIGKILL', exitCode: null })).toBe('SIGKILL');
    expect(exitWord({ signal: null, exitCode: 137 })).toBe('exit 137');
    expect(exitWord({ signal: null, exitCode: 0 })).toBe('');
  });
});

it('a shell without cost and tokens has no usage to show', () => {
  expect(hasUsage(makeSession(host, { profile: 'bash' }))).toBe(false);
  expect(hasUsage(makeSession(host, { costSource: 'reported' }))).toBe(true);
});

it('shows the end of a long path', () => {
  expect(shortPath('/src/api')).toBe('/src/api');
  expect(shortPath('/home/mira/src/.agent-worktrees/web-checkout/fbf0766b')).toBe('…/web-checkout/fbf0766b');
});
