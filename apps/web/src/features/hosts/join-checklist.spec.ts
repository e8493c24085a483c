// The five steps of a joining host, from nothing known to ready.
import { describe, expect, it } from 'vitest';
import { makeHost, makeProfile, makeProject, minutesAgo } from '../../testing/entities.js';
import { checklistOf, isReady } from './join-checklist.js';
import { countHosts, formatBytes, loadOf, projectTree, sessionKinds } from './host-facts.js';
import { checkHost, rootLines } from './add-host-form.js';
import { doing, makeSession } from '../../testing/entities.js';

const states = (host: Parameters<typeof checklistOf>[0]) =>
  checklistOf(host, 'dev-01').map(({ name, status }) => `${name} ${status}`);
const pending = {
  state: 'pending',
  joinTokenExpiresAt: minutesAgo(-20),
  system: null,
  scannedAt: null,
  otlp: null,
};

describe('checklistOf', () => {
  it('waits for the daemon first', () => {
    const waiting = [
      ...['registered done', 'connected busy', 'projects todo', 'agents todo', 'telemetry todo'],
    ];
    expect(states(undefined)).toEqual(waiting);
    expect(states(makeHost(pending))).toEqual(waiting);
  });

  it('does not take the old connection of a host for one with the new token', () => {
    expect(states(makeHost({ joinTokenExpiresAt: minutesAgo(-20) }))[1]).toBe('connected busy');
  });

  it('tells why the daemon was refused', () => {
    const problem = { code: 'PROTOCOL_MISMATCH', message: 'Too old', at: minutesAgo(1) };
    expect(checklistOf(makeHost({ ...pending, problem }), '')[1]).toMatchObject({
      ...{ status: 'error', detail: 'Too old' },
    });
  });

  it('goes on to what the host found', () => {
    expect(states(makeHost({ scannedAt: null }))).toEqual([
      ...['registered done', 'connected done', 'projects busy', 'agents todo', 'telemetry todo'],
    ]);
    const all = checklistOf(makeHost({ projects: [makeProject('a'), makeProject('b')] }), '');
    expect(all.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(all[2]?.detail).toBe('2 under /src');
    expect(isReady(all)).toBe(true);
  });

  it('is not ready without a project or an agent; telemetry alone does not hold it up', () => {
    const off = { state: 'off', port: null, reason: 'port taken' };
    expect(isReady(checklistOf(makeHost({ otlp: off }), ''))).toBe(true);
    expect(checklistOf(makeHost({ otlp: off }), '')[4]?.detail).toBe('off: port taken');
    expect(isReady(checklistOf(makeHost({ projects: [] }), ''))).toBe(false);
    const none = [makeProfile('claude', { available: false })];
    expect(isReady(checklistOf(makeHost({ profiles: none }), ''))).toBe(false);
  });
});

describe('add-host form', () => {
  it('names the field that is wrong', () => {
    expect(checkHost('', '')).toEqual({ name: 'Enter a name' });
    expect(checkHost('a', '/ok\nsrc')).toEqual({ roots: '“src” is not an absolute path: start it with /' });
    expect(checkHost('a'.repeat(61), '')).toHaveProperty('name');
    expect(checkHost('dev-01', ' /a \n\n/b')).toEqual({});
    expect(rootLines(' /a \n\n/b')).toEqual(['/a', '/b']);
  });
});

describe('facts of a host', () => {
  it('counts by state, and knows no load of a host that is away', () => {
    const away = makeHost({ state: 'unreachable' });
    expect(countHosts([makeHost(), away, makeHost({ state: 'pending' })])).toEqual({
      ...{ all: 3, online: 1, offline: 1, pending: 1 },
    });
    expect(loadOf(away)).toEqual({ cpu: null, memory: null, disk: null });
    expect(loadOf(makeHost())).toEqual({ cpu: 0.34, memory: 0.61, disk: 0.5 });
  });

  it('counts sessions by glyph, urgent ones first', () => {
    const host = makeHost();
    const sessions = [
      ...[makeSession(host), makeSession(host, doing('working')), makeSession(host, doing('waiting'))],
      ...[makeSession(host, { state: 'exited' }), makeSession(makeHost())],
    ];
    expect(sessionKinds(sessions, host)).toEqual([
      ['waiting', 1],
      ['working', 2],
    ]);
  });

  it('hangs worktrees under their repository, and keeps those whose repository is unknown', () => {
    const linked = makeProject('w', { worktreeOf: '/src/api' });
    const lone = makeProject('lone', { worktreeOf: '/elsewhere' });
    const tree = projectTree([linked, lone, makeProject('api')]);
    expect(tree.map(({ project, worktrees }) => [project.name, worktrees.length])).toEqual([
      ['api', 1],
      ['lone', 0],
    ]);
  });

  it('writes bytes for people', () => {
    expect([512 * 1024 ** 2, 1.5 * 1024 ** 3, 64 * 1024 ** 3, 2 * 1024 ** 4].map(formatBytes)).toEqual([
      ...['512 MB', '1.5 GB', '64 GB', '2.0 TB'],
    ]);
  });
});
