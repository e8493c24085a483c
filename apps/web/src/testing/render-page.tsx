// Renders a component as a page of the app: with a router in memory and the app's own query client.
import { QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { act, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import type { Host, Session } from '@roundhouse/protocol';
import { keys } from '../lib/live-cache.js';
import { queryClient } from '../lib/query.js';

/** Puts hosts and sessions into the cache as if the hub had answered. */
export function fillCache(
  hosts: readonly Host[],
  sessions: readonly Session[],
  endedCursor: string | null = null,
) {
  queryClient.setQueryData(keys.list('host'), { items: hosts });
  queryClient.setQueryData(keys.list('session'), { items: sessions, endedCursor });
}

/** Gives the router, to see where a press has led. */
export async function renderPage(page: () => ReactNode) {
  const root = createRootRoute();
  const routes = ['/', '/grid', '/hosts', '/hosts/$id', '/settings', '/help/errors', '/sessions/$id'].map(
    (path) => createRoute({ getParentRoute: () => root, path, component: page }),
  );
  const router = createRouter({
    routeTree: root.addChildren(routes),
    history: createMemoryHistory({ initialEntries: ['/'] }),
  });
  await router.load();
  await act(async () => {
    render(
      <QueryClientProvider client={queryClient}>
        {/* The types of this router are not those of the app's. */}
        <RouterProvider router={router as never} />
      </QueryClientProvider>,
    );
    await Promise.resolve();
  });
  return router;
}
