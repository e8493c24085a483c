// @vitest-environment happy-dom
// F:Q2: the notice of a newer release is for administrators, and only where the hub asked for it.
import { cleanup, screen } from '@testing-library/react';
import { rolePermissions, type Role } from '@roundhouse/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { queryClient, setSignedIn, versionQuery } from '../../lib/query.js';
import { renderPage } from '../../testing/render-page.js';
import { UpdateBanner } from './update-banner.js';

const id = '00000000-0000-4000-8000-000000000001';

async function open(role: Role, update: { version: string; url: string | null } | null) {
  setSignedIn({ id, username: 'ada', role, permissions: [...rolePermissions[role]] } as never);
  queryClient.setQueryData(versionQuery.queryKey, { version: '0.1.0', commit: null, protocol: 2, update });
  await renderPage(() => (
    <div>
      page <UpdateBanner />
    </div>
  ));
  await screen.findByText(/page/);
}

afterEach(() => {
  cleanup();
  queryClient.clear();
});

describe('UpdateBanner', () => {
  it('names the release and leads to its notes', async () => {
    await open('admin', { version: '0.2.0', url: 'https://example.com/notes' });
    expect(screen.getByRole('status').textContent).toContain('Roundhouse 0.2.0 is out');
    expect(screen.getByRole('link').getAttribute('href')).toBe('https://example.com/notes');
  });

  it.each([
    ['operator', { version: '0.2.0', url: null }],
    ['admin', null],
  ] as const)('says nothing to %s of %j', async (role, update) => {
    await open(role, update);
    expect(screen.queryByRole('status')).toBeNull();
  });
});
