import type { Activity } from '@roundhouse/protocol';
import { expect, it } from 'vitest';
import { makeHost, makeSession, minutesAgo } from '../testing/entities.js';
import { activityLine, askedLine, stateWord } from './activity-words.js';

const host = makeHost({});
const waiting: Activity = {
  kind: 'waiting',
  why: 'PermissionRequest Bash',
  since: minutesAgo(1),
  waitsFor: 'permission',
  source: 'hook',
  ask: { tool: 'Bash', command: 'npm\n publish', file: null, text: null },
  until: null,
};

it('says what is waited for and what is asked, in one line', () => {
  expect(stateWord(makeSession(host, { activity: waiting }))).toBe('Asks permission');
  expect(stateWord(makeSession(host, { activity: { ...waiting, waitsFor: null } }))).toBe('Waiting');
  expect(stateWord(makeSession(host, { activity: null }))).toBe('Running');
  expect(activityLine(waiting)).toBe('Bash · npm publish');
  expect(activityLine({ ...waiting, ask: null })).toBe('PermissionRequest Bash');
  expect(activityLine(null)).toBe('');
  expect(askedLine({ ask: { tool: null, command: null, file: 'a.ts', text: null } })).toBe('a.ts');
});
