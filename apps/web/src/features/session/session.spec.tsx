// @vitest-environment happy-dom
// The session page's words and parts in each state, and the flow of removing a worktree.
import { permissions, sessionSchema, type Permission, type Session } from '@roundhouse/protocol';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { queryClient } from '../../lib/query.js';
import { popOut, windowName, windowTitle } from './pop-out.js';
import { SessionCover } from './session-cover.js';
import { SessionEnd } from './session-end.js';
import { SessionName } from './session-name.js';
import { SessionNotices } from './session-notices.js';
import { branchUrl, cacheHit, endTitle, exitWord, isCovered, stateDetail } from './session-words.js';
import { TaskCard } from './task-card.js';
import { Usage } from './usage.js';
import { WorktreeRemoveDialog } from './worktree-remove-dialog.js';

const at = '2026-01-01T10:00:00Z';
const session = (change: Partial<Session> = {}): Session =>
  sessionSchema.parse({
    id: '00000000-0000-4000-8000-000000000001',
    version: 1,
    hostId: '00000000-0000-4000-8000-000000000002',
    name: 'keys',
    task: null,
    profile: 'claude',
    mode: 'new',
    project: '/srv/api',
    projectName: 'api',
    cwd: '/srv/api',
    branch: 'agent/keys',
    baseBranch: 'main',
    remoteUrl: null,
    worktree: true,
    companionOf: null,
    epoch: 1,
    state: 'running',
    desired: 'running',
    activity: null,
    stateReason: null,
    exitCode: null,
    signal: null,
    warnings: [],
    orphan: false,
    pid: 7,
    cols: 80,
    rows: 24,
    model: null,
    tokens: { input: 0, output: 0, cacheRead: 0, cacheCreation: 0, reasoning: 0 },
    costNanos: 0,
    costSource: 'none',
    context: null,
    createdAt: at,
    startedAt: at,
    endedAt: null,
    deadlineAt: null,
    ...change,
  });
const ended = session({
  state: 'exited',
  exitCode: 1,
  endedAt: '2026-01-01T10:12:30Z',
  stateReason: {
    code: 'CRASHED',
    message: 'The agent ended with an error',
    hint: 'Look at its last output.',
  },
});
const all = (permission: Permission): boolean => permissions.includes(permission);

const fetches = vi.fn<(url: string, init: RequestInit) => Response>();
const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
const show = (children: ReactNode) =>
  render(<QueryClientProvider client={queryClient}>{children}</QueryClientProvider>);

beforeEach(() => {
  queryClient.clear();
  fetches.mockReset();
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => Promise.resolve(fetches(url, init)));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('words', () => {
  it('says how a session ended', () => {
    expect([endTitle(ended), exitWord(ended), stateDetail(ended)]).toEqual([
      'The agent ended with an error',
      'exit 1',
      'exit 1',
    ]);
    expect(exitWord(session({ signal: 'SIGKILL' }))).toBe('signal SIGKILL');
    expect(endTitle(session({ state: 'lost' }))).toBe('How the agent ended is unknown');
  });
  it('links a branch only to the web, and only where the address is known', () => {
    const link = (remoteUrl: string | null) => branchUrl(session({ remoteUrl }))?.href ?? null;
    expect(link('https://github.com/acme/api.git')).toBe('https://github.com/acme/api/tree/agent/keys');
    expect(link('https://git.example.org/api.git')).toBe('https://git.example.org/api');
    expect(link('javascript:alert(1)')).toBeNull();
    expect(link('git@github.com:acme/api.git')).toBeNull();
  });
  it('names the window by agent, host, project and branch', () => {
    expect(windowTitle(session(), undefined)).toBe('claude - api - agent/keys');
    expect(windowName(session())).toContain(session().id);
  });
  it('counts the cache', () => {
    expect(cacheHit(session())).toBeNull();
    expect(
      cacheHit(session({ tokens: { input: 10, output: 5, cacheRead: 80, cacheCreation: 10, reasoning: 0 } })),
    ).toBe(0.8);
  });
});

describe('popOut', () => {
  it('opens one window per session and only brings an open one forward', () => {
    const assign = vi.fn();
    const focus = vi.fn();
    const path = `/sessions/${session().id}/pop`;
    const other = { location: { pathname: 'blank', assign }, focus };
    const open = vi.spyOn(window, 'open').mockReturnValue(other as unknown as Window);
    expect(popOut(session())).toBe(true);
    other.location.pathname = path;
    popOut(session());
    expect(assign.mock.calls).toEqual([[path]]);
    expect(focus).toHaveBeenCalledTimes(2);
    open.mockReturnValue(null);
    expect(popOut(session())).toBe(false);
  });
});

describe('states', () => {
  it('covers the terminal only while there is nothing to see', () => {
    expect(isCovered(session({ state: 'queued', startedAt: null }))).toBe(true);
    expect(isCovered(session({ state: 'failed', startedAt: null }))).toBe(true);
    expect(isCovered(session({ state: 'starting', epoch: 2 }))).toBe(false);
    expect(isCovered(ended)).toBe(false);
  });
  it('tells why a session failed and what to do', () => {
    const stateReason = { code: 'AGENT_NOT_FOUND', message: 'No claude here', hint: 'Install it.' };
    const failed = session({ state: 'failed', startedAt: null, stateReason });
    show(<SessionCover session={failed} host={undefined} actions={null} />);
    for (const text of ['No claude here', 'Install it.', 'AGENT_NOT_FOUND'])
      expect(screen.getByText(text)).toBeTruthy();
  });
  it('offers resume at the end, and does it', async () => {
    fetches.mockReturnValue(json({ ...ended, state: 'starting', epoch: 2, version: 2 }));
    show(<SessionEnd session={ended} may={all} popped={false} />);
    expect(screen.getByText('exit 1 · after 12 min')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Resume' }));
    await vi.waitFor(() => expect(fetches).toHaveBeenCalledOnce());
    expect(fetches.mock.calls[0]?.[0]).toBe(`/api/v1/sessions/${ended.id}/resume`);
  });
  it('offers nothing to who may only watch', () => {
    show(<SessionEnd session={ended} may={() => false} popped={false} />);
    expect(screen.queryByRole('button')).toBeNull();
  });
  it('asks for an orphan, and warns until dismissed', () => {
    show(<SessionNotices session={session({ orphan: true, warnings: ['directory-missing'] })} may={all} />);
    expect(screen.getByRole('button', { name: 'Adopt' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Stop session' })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByText('Its directory is gone')).toBeNull();
  });
  it('marks an estimate and shows a dash for no cost', () => {
    const { rerender } = render(
      <Usage session={session({ costNanos: 90_000_000, costSource: 'estimated' })} />,
    );
    expect(screen.getByText('~$0.09')).toBeTruthy();
    rerender(<Usage session={session()} />);
    expect(screen.getAllByText('—').length).toBeGreaterThan(1);
  });
});

describe('SessionName', () => {
  it('renames with Enter and gives up with Escape', async () => {
    fetches.mockReturnValue(json(session({ name: 'new name', version: 2 })));
    show(<SessionName session={session()} mayEdit />);
    fireEvent.click(screen.getByRole('button', { name: /keys/ }));
    fireEvent.keyDown(screen.getByLabelText('Name of the session'), { key: 'Escape' });
    expect(fetches).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole('button', { name: /keys/ }));
    const field = screen.getByLabelText('Name of the session');
    fireEvent.change(field, { target: { value: '  new name ' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    await vi.waitFor(() => expect(fetches).toHaveBeenCalledOnce());
    expect(fetches.mock.calls[0]?.[1].body).toBe('{"name":"new name"}');
  });
});

describe('TaskCard (F:C3)', () => {
  it('edits the task, and takes it away when nothing is left of it', async () => {
    fetches.mockReturnValue(json(session({ task: 'later', version: 2 })));
    show(<TaskCard session={session({ task: 'first' })} mayEdit />);
    fireEvent.click(screen.getByRole('button', { name: 'Edit' }));
    fireEvent.change(await screen.findByRole('textbox', { name: 'Task' }), { target: { value: ' later ' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await vi.waitFor(() => expect(fetches.mock.calls[0]?.[1].body).toBe('{"task":"later"}'));
    await vi.waitFor(() => expect(screen.queryByRole('textbox')).toBeNull());
    fireEvent.click(screen.getByRole('button', { name: 'Edit' }));
    fireEvent.change(await screen.findByRole('textbox', { name: 'Task' }), { target: { value: ' ' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await vi.waitFor(() => expect(fetches.mock.calls[1]?.[1].body).toBe('{"task":null}'));
  });

  it('is not there for who may only watch a session without one', () => {
    show(<TaskCard session={session()} mayEdit={false} />);
    expect(screen.queryByText('Task')).toBeNull();
  });
});

describe('WorktreeRemoveDialog', () => {
  const status = {
    path: '/srv/wt',
    branch: 'agent/keys',
    dirty: ['a.ts'],
    untracked: [],
    unmerged: ['9c41e07 Store'],
    counts: { dirty: 1, untracked: 0, unmerged: 1, ignored: 0 },
  };
  it('removes work that is nowhere else only when that is said, and tells the rescue ref', async () => {
    fetches.mockImplementation((_, { method }) =>
      json(method === 'DELETE' ? { rescueRef: 'refs/rescue/keys', branchDeleted: true } : status),
    );
    const onClose = vi.fn();
    show(<WorktreeRemoveDialog session={ended} onClose={onClose} />);
    expect(await screen.findByText('a.ts')).toBeTruthy();
    expect(screen.getByText('9c41e07 Store')).toBeTruthy();
    const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Remove worktree' });
    expect(button.disabled).toBe(true);
    fireEvent.click(screen.getByRole('checkbox'));
    fireEvent.click(button);
    expect(await screen.findByText('Its work is kept in refs/rescue/keys')).toBeTruthy();
    const sent = fetches.mock.calls.find(([, { method }]) => method === 'DELETE');
    expect(sent?.[1].body).toBe('{"confirm":true}');
    expect(onClose).not.toHaveBeenCalled();
  });
  it('asks for no more than a click when it is clean', async () => {
    const clean = {
      ...status,
      dirty: [],
      unmerged: [],
      counts: { dirty: 0, untracked: 0, unmerged: 0, ignored: 3 },
    };
    fetches.mockImplementation((_, { method }) =>
      json(method === 'DELETE' ? { rescueRef: null, branchDeleted: true } : clean),
    );
    const onClose = vi.fn();
    show(<WorktreeRemoveDialog session={ended} onClose={onClose} />);
    await screen.findByText('/srv/wt');
    fireEvent.click(screen.getByRole('button', { name: 'Remove worktree' }));
    await vi.waitFor(() => expect(onClose).toHaveBeenCalledOnce());
    expect(screen.queryByRole('checkbox')).toBeNull();
  });
});
