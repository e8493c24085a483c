// @vitest-environment happy-dom
// Budgets on the usage page: the list, an addition, a removal, nothing, an error, a viewer.
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { rolePermissions, type Role } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { queryClient, setSignedIn } from '../../lib/query.js';
import { makeHost, makeProject } from '../../testing/entities.js';
import { fillCache, renderPage } from '../../testing/render-page.js';
import { BudgetsPanel } from './budgets-panel.js';

const id = '00000000-0000-4000-8000-000000000001';
const budget = {
  ...{ id, scope: 'project', scopeKey: '/src/api', period: 'day', action: 'stop', createdBy: null },
  ...{ limitNanos: 5e9, limitTokens: 2e6, usedNanos: 4_500_000_000, usedTokens: 1000, spent: false },
  createdAt: '2026-03-04T12:00:00.000Z',
};
let items: unknown[] = [];
let status = 200;
let sent: [method: string, url: string, body: unknown][] = [];

async function open(role: Role = 'operator') {
  fillCache([makeHost({ projects: [makeProject('api')] })], []);
  setSignedIn({ id, username: 'ada', role, permissions: [...rolePermissions[role]] } as never);
  await renderPage(() => <BudgetsPanel />);
}

beforeEach(() => {
  [items, status, sent] = [[], 200, []];
  vi.stubGlobal('fetch', (url: string, { method = 'GET', body }: RequestInit) => {
    if (method !== 'GET') sent.push([method, url, typeof body === 'string' ? JSON.parse(body) : {}]);
    if (method === 'DELETE') items = [];
    const problem = {
      type: 'about:blank',
      code: 'DB_UNAVAILABLE',
      title: 'The database is not reachable',
      status,
    };
    const reply = status === 200 ? (method === 'GET' ? { items } : method === 'POST' ? budget : {}) : problem;
    return Promise.resolve(new Response(JSON.stringify(reply), { status: method === 'POST' ? 201 : status }));
  });
});
afterEach(() => {
  cleanup();
  queryClient.clear();
  vi.unstubAllGlobals();
});

describe('BudgetsPanel (F:F13)', () => {
  it('shows how far each is used, of the limit that is reached first', async () => {
    items = [budget];
    await open();
    expect(await screen.findByText('Project api')).toBeTruthy();
    const meter = screen.getByRole('meter', { name: 'Used of the budget: Project api' });
    expect(meter.getAttribute('aria-valuenow')).toBe('90');
    expect(screen.getByText('$4.50 of $5.00')).toBeTruthy();
    expect(screen.getByText('1k of 2M tokens')).toBeTruthy();
  });

  it('adds one, and keeps what was typed when something is missing', async () => {
    await open();
    expect(await screen.findByText(/No budget is set/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Add budget' }));
    fireEvent.change(screen.getByLabelText('For'), { target: { value: 'project' } });
    const submit = () => fireEvent.submit(screen.getByLabelText('Dollars').closest('form') as Element);
    submit();
    expect(screen.getByText('Choose what it is for.')).toBeTruthy();
    expect(screen.getByText('Set dollars, tokens, or both.')).toBeTruthy();
    expect(screen.getByText('Of all kinds, also those without a price.')).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Project'), { target: { value: '/src/api' } });
    fireEvent.change(screen.getByLabelText('Dollars'), { target: { value: '$5' } });
    fireEvent.change(screen.getByLabelText('When it is spent'), { target: { value: 'refuse' } });
    submit();
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    const terms = { scope: 'project', scopeKey: '/src/api', period: 'day', action: 'refuse' };
    expect(sent).toEqual([['POST', '/api/v1/budgets', { ...terms, limitNanos: 5e9, limitTokens: null }]]);
  });

  it('removes one only after a question', async () => {
    items = [budget];
    await open();
    fireEvent.click(await screen.findByRole('button', { name: 'Remove budget: Project api' }));
    expect(await screen.findByText('Remove the budget: Project api?')).toBeTruthy();
    expect(sent).toEqual([]);
    fireEvent.click(screen.getAllByRole('button', { name: 'Remove budget' }).at(-1) as Element);
    expect(await screen.findByText(/No budget is set/)).toBeTruthy();
    expect(sent).toMatchObject([['DELETE', `/api/v1/budgets/${id}`, {}]]);
  });

  it('offers a viewer neither', async () => {
    items = [budget];
    await open('viewer');
    expect(await screen.findByText('Project api')).toBeTruthy();
    expect(screen.queryByRole('button', { name: /budget/ })).toBeNull();
  });

  it('says when it could not be loaded', async () => {
    status = 503;
    await open();
    expect(await screen.findByRole('alert')).toBeTruthy();
    expect(screen.getByText('DB_UNAVAILABLE')).toBeTruthy();
  });
});
