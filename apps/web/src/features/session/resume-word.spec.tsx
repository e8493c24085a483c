// @vitest-environment happy-dom
// What goes on from the session's menu: a copy of its conversation, at once or with a person's word when the agent asks for
// nothing; and another model.
import { permissions, type Session } from '@roundhouse/protocol';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { hostQuery, queryClient } from '../../lib/query.js';
import { makeActivity, makeHost, makeProfile, makeSession } from '../../testing/entities.js';
import { SessionActions } from './session-actions.js';
// Loaded before they are waited for: a busy machine takes its time.
import './resume-dialog.js';
import './session-menu.js';

vi.mock('@tanstack/react-router', () => ({ useNavigate: () => () => Promise.resolve() }));

const modes = [{ name: 'never', displayName: 'Never ask', bypass: true, allowed: true }];
const claude = makeProfile('claude', { modes, forks: true, switchesModel: true, models: ['opus', 'sonnet'] });
const host = makeHost({ profiles: [claude] });
const session = (options: Session['options']): Session =>
  makeSession(host, { profile: 'claude', project: '/src/api', conversationId: 'c-1', options });

const fetches = vi.fn<(url: string, init: RequestInit) => Response>();
const sent = (): unknown => JSON.parse(fetches.mock.calls[0]?.[1].body as string);

beforeEach(() => {
  queryClient.clear();
  queryClient.setQueryData(hostQuery(host.id).queryKey, host);
  fetches.mockReset();
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => Promise.resolve(fetches(url, init)));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function menu(of: Session): Promise<void> {
  const may = (permission: (typeof permissions)[number]): boolean => permissions.includes(permission);
  render(
    <QueryClientProvider client={queryClient}>
      <SessionActions session={of} may={may} onPanel={() => undefined} popped />
    </QueryClientProvider>,
  );
  await vi.waitFor(() => {
    fireEvent.keyDown(screen.getByRole('button', { name: 'More actions' }), { key: 'Enter' });
    screen.getByRole('menuitem', { name: 'Copy session id' });
  });
}

async function copy(of: Session): Promise<void> {
  fetches.mockReturnValue(new Response(JSON.stringify(of)));
  await menu(of);
  fireEvent.click(screen.getByRole('menuitem', { name: 'Go on in a copy' }));
}

it('starts at once where the agent asks', async () => {
  await copy(session({}));
  await vi.waitFor(() => expect(fetches).toHaveBeenCalledOnce());
  expect(sent()).toMatchObject({ resume: 'fork' });
});

it('asks for the name of the project where the agent would ask for nothing', async () => {
  await copy(session({ permissionMode: 'never' }));
  const word = await screen.findByRole('textbox');
  expect(fetches).not.toHaveBeenCalled();
  fireEvent.change(word, { target: { value: 'api' } });
  fireEvent.click(screen.getByRole('button', { name: 'Go on in a copy' }));
  await vi.waitFor(() => expect(fetches).toHaveBeenCalledOnce());
  expect(sent()).toMatchObject({ resume: 'fork', confirmBypass: 'api' });
});

it('is not offered by an agent that cannot copy', async () => {
  const qwen = makeHost({ profiles: [makeProfile('claude', { forks: false })] });
  queryClient.setQueryData(hostQuery(qwen.id).queryKey, qwen);
  await menu({ ...session({}), hostId: qwen.id });
  expect(screen.queryByRole('menuitem', { name: 'Go on in a copy' })).toBeNull();
  expect(screen.queryByText('Use another model')).toBeNull();
});

it('asks an idle agent for another model, and a busy one not (F:C14)', async () => {
  fetches.mockReturnValue(new Response('{}'));
  await menu({ ...session({}), activity: makeActivity('idle') });
  fireEvent.click(screen.getByRole('menuitem', { name: 'sonnet' }));
  await vi.waitFor(() => expect(fetches).toHaveBeenCalledOnce());
  expect(fetches.mock.calls[0]?.[0]).toContain('/model');
  expect(sent()).toEqual({ model: 'sonnet' });
  cleanup();
  await menu({ ...session({}), activity: makeActivity('working') });
  expect(screen.getByRole('menuitem', { name: 'sonnet' }).getAttribute('aria-disabled')).toBe('true');
});
