// @vitest-environment happy-dom
// The setup form names each wrong field and keeps what was typed; the token leaves the address bar.
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { queryClient } from '../../lib/query.js';
import { SetupForm } from './setup-form.js';
import { takeToken, tokenIn } from './setup-token.js';

vi.mock('@tanstack/react-router', () => ({ useNavigate: () => () => Promise.resolve() }));

const problem = (code: string, errors: unknown[] = []) =>
  new Response(JSON.stringify({ type: 'about:blank', title: 'Too weak', status: 422, code, errors }), {
    status: 422,
  });

beforeEach(() => queryClient.clear());
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open(onFailed = vi.fn(() => false)) {
  render(
    <QueryClientProvider client={queryClient}>
      <SetupForm token="t" onFailed={onFailed} />
    </QueryClientProvider>,
  );
  const fill = (label: string, value: string) =>
    fireEvent.change(screen.getByLabelText(label), { target: { value } });
  const send = () => act(async () => void fireEvent.submit(screen.getByRole('button', { name: /Create/ })));
  return { fill, send, onFailed };
}

describe('SetupForm', () => {
  it('names every wrong field at once, and asks nothing of the hub', async () => {
    const fetch = vi.fn();
    vi.stubGlobal('fetch', fetch);
    const { fill, send } = open();
    fill('User name', 'mi ra');
    fill('Password', 'short');
    await send();
    expect(screen.getByText(/1 to 64 letters/)).toBeTruthy();
    expect(screen.getByText('Use at least 12 characters')).toBeTruthy();
    expect(screen.getByText('The two passwords differ')).toBeTruthy();
    expect(fetch).not.toHaveBeenCalled();
  });

  it('puts the error of the hub at its field and keeps what was typed', async () => {
    vi.stubGlobal('fetch', () =>
      Promise.resolve(problem('PASSWORD_WEAK', [{ field: 'password', message: 'This is a common phrase' }])),
    );
    const { fill, send } = open();
    fill('User name', 'mira');
    fill('Password', 'tungsten-lantern-orbit');
    fill('Repeat password', 'tungsten-lantern-orbit');
    await send();
    expect(await screen.findByText('This is a common phrase')).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe('tungsten-lantern-orbit');
  });
});

describe('setup token', () => {
  it.each([
    ['Setup link: http://127.0.0.1:4400/setup#token=abc_DEF-123', 'abc_DEF-123'],
    ['#token=a%2Bb', 'a+b'],
    ['abcdefghijklmnop1234', 'abcdefghijklmnop1234'],
    ['hello', null],
    ['#token=%E0%A4%A', null],
  ])('finds in %s the token %s', (text, token) => {
    expect(tokenIn(text)).toBe(token);
  });
  it('leaves the address bar', () => {
    location.hash = '#token=secret';
    expect(takeToken()).toBe('secret');
    expect(location.href).not.toContain('secret');
  });
});
