// @vitest-environment happy-dom
// What stands round the terminal in each state: notices, status line, keys, find, paste.
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { createRef } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../lib/api-error.js';
import { formatBytes } from '../../lib/format.js';
import { connectionWord, typistOf } from './describe.js';
import { FindBar } from './find-bar.js';
import { KeyBar } from './key-bar.js';
import { cleanPaste } from './paste.js';
import { noSticky } from './phone-keys.js';
import { StatusBar, type StatusBarProps } from './status-bar.js';
import { TerminalDialogs } from './terminal-dialogs.js';
import { TerminalNotices, type TerminalNoticesProps } from './terminal-notices.js';
import { initialState, type TerminalState } from './terminal-state.js';

afterEach(cleanup);
const live: TerminalState = { ...initialState, phase: 'live', epoch: 1 };
const anna = { id: 'viewer-anna', user: 'anna' };

function notices(change: Partial<TerminalNoticesProps>) {
  const calls = {
    onTakeControl: vi.fn(),
    onRetry: vi.fn(),
    onDismissNotSent: vi.fn(),
    onDismissDropped: vi.fn(),
  };
  render(<TerminalNotices state={live} typist="you" mayType droppedSeen={false} {...calls} {...change} />);
  return calls;
}

describe('TerminalNotices', () => {
  it('is silent while all is well', () => {
    notices({});
    expect(screen.queryByRole('status')).toBeNull();
  });
  it('says that something was not sent, and offers control where that is why', () => {
    const notSent = new ApiError('NOT_CONTROLLER', { message: 'Another viewer controls this session' });
    const { onTakeControl } = notices({ state: { ...live, notSent, controller: anna }, typist: 'other' });
    expect(screen.getByText('Not sent')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Take control' }));
    expect(onTakeControl).toHaveBeenCalledOnce();
  });
  it('shows who types, without a button for who only watches', () => {
    notices({ state: { ...live, controller: anna }, typist: 'other', mayType: false });
    expect(screen.getByText('anna is typing')).toBeTruthy();
    expect(screen.queryByRole('button')).toBeNull();
  });
  it('tells of an unreachable host, with a retry', () => {
    const { onRetry } = notices({ state: { ...live, phase: 'unreachable' } });
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onRetry).toHaveBeenCalledOnce();
  });
  it('counts dropped output until it is dismissed', () => {
    notices({ state: { ...live, dropped: 2_400_000 } });
    expect(screen.getByText('Older output dropped: 2.4 MB')).toBeTruthy();
  });
});

function bar(change: Partial<StatusBarProps>) {
  const calls = {
    onFind: vi.fn(),
    onCopy: vi.fn(),
    onAbout: vi.fn(),
    onSettings: vi.fn(),
    onSelectAll: vi.fn(),
    onTakeControl: vi.fn(),
    onScreenReader: vi.fn(),
    onPalette: vi.fn(),
    onBack: vi.fn(),
  };
  render(
    <StatusBar
      ref={createRef()}
      state={{ ...live, cols: 132, rows: 41, echoMs: 8.7 }}
      typist="you"
      mayType
      word={null}
      selected={false}
      screenReader={false}
      me="me"
      rang={false}
      panel={null}
      {...calls}
      {...change}
    />,
  );
  return { ...calls, toolbar: screen.getByRole('toolbar') };
}

describe('StatusBar', () => {
  it('says who types, the size and the echo', () => {
    bar({});
    expect(screen.getByText('You are typing')).toBeTruthy();
    expect(screen.getByText('132 × 41')).toBeTruthy();
    expect(screen.getByText('echo 9 ms')).toBeTruthy();
  });
  it('takes plain keys: find, palette, and back in', () => {
    const { toolbar, onFind, onPalette, onBack } = bar({});
    for (const key of ['f', 'k', 'Escape']) fireEvent.keyDown(toolbar, { key });
    fireEvent.keyDown(toolbar, { key: 'f', ctrlKey: true });
    expect([onFind, onPalette, onBack].map((call) => call.mock.calls.length)).toEqual([1, 1, 1]);
  });
  it('shows the word of the connection instead of who types', () => {
    bar({ word: 'Reconnecting, attempt 3', state: { ...live, phase: 'detached' } });
    expect(screen.getByRole('status').textContent).toBe('Reconnecting, attempt 3');
  });
});

describe('words', () => {
  it('counts a replay in MB', () => {
    const state = { ...live, replay: { done: 1_200_000, total: 3_400_000 } };
    expect(connectionWord(state, { phase: 'live', generation: 1 })).toBe('Loading output, 1.2 of 3.4 MB');
    const lost: TerminalState = { ...live, phase: 'detached' };
    expect(connectionWord(lost, { phase: 'reconnecting', attempt: 3, since: 0 })).toBe(
      'Reconnecting, attempt 3',
    );
    expect(connectionWord(live, { phase: 'live', generation: 1 })).toBeNull();
  });
  it('knows my other window from another user', () => {
    expect(typistOf({ ...live, controller: anna }, 'anna')).toBe('elsewhere');
    expect(typistOf({ ...live, controller: anna }, 'mk')).toBe('other');
    expect(typistOf(live, 'mk')).toBe('nobody');
    expect([12, 3400, 4_240_000, 2_716_000_000].map(formatBytes)).toEqual([
      ...['12 B', '3 kB', '4.2 MB', '2.7 GB'],
    ]);
  });
});

describe('KeyBar', () => {
  it('keeps the focus, so that the keyboard stays', () => {
    const onKey = vi.fn();
    render(
      <KeyBar sticky={{ ...noSticky, ctrl: 'locked' }} onKey={onKey} onSticky={vi.fn()} onPaste={vi.fn()} />,
    );
    const tab = screen.getByRole('button', { name: 'Tab' });
    expect(fireEvent.pointerDown(tab)).toBe(false);
    fireEvent.click(tab);
    expect(onKey).toHaveBeenCalledWith('tab');
    expect(screen.getByRole('button', { name: 'Control, locked' }).getAttribute('aria-pressed')).toBe('true');
  });
});

describe('FindBar', () => {
  it('finds while typing, moves with Enter, closes with Escape', () => {
    const onFind = vi.fn(() => false);
    const onClose = vi.fn();
    render(<FindBar onFind={onFind} onClose={onClose} />);
    const field = screen.getByLabelText('Find in the output');
    fireEvent.change(field, { target: { value: 'needle' } });
    fireEvent.keyDown(field, { key: 'Enter', shiftKey: true });
    expect(onFind.mock.calls).toEqual([
      ['needle', { back: false, caseSensitive: false, typing: true }],
      ['needle', { back: true, caseSensitive: false, typing: false }],
    ]);
    expect(screen.getByText('No match')).toBeTruthy();
    fireEvent.keyDown(field, { key: 'Escape' });
    expect(onClose).toHaveBeenCalledOnce();
  });
});

describe('TerminalDialogs', () => {
  it('asks before lines run, and pastes what was shown', async () => {
    const onPaste = vi.fn();
    const paste = cleanPaste('one\ntwo\u001b[201~');
    render(<TerminalDialogs ask={{ kind: 'paste', paste }} onPaste={onPaste} onClose={vi.fn()} />);
    expect(screen.getByText('Paste 2 lines?')).toBeTruthy();
    expect(screen.getByText('Control characters were taken out.')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Paste' }));
    await vi.waitFor(() => expect(onPaste).toHaveBeenCalledWith('one\ntwo'));
  });
  it('shows where a link really leads and opens it without a way back', async () => {
    const open = vi.spyOn(window, 'open').mockReturnValue(null);
    render(
      <TerminalDialogs
        ask={{ kind: 'link', url: 'https://evil.example/x' }}
        onPaste={vi.fn()}
        onClose={vi.fn()}
      />,
    );
    expect(screen.getByText('https://evil.example/x')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Open evil.example' }));
    await vi.waitFor(() =>
      expect(open).toHaveBeenCalledWith('https://evil.example/x', '_blank', 'noopener,noreferrer'),
    );
  });
});
