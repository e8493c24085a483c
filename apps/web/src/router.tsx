// The routes. Each page is a lazy chunk; a new page is one createRoute here and one line in the navigation table.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router';
import { z } from 'zod';
import { analyticsSearchSchema } from './features/analytics/analytics-search.js';
import { fleetSearchSchema } from './features/fleet/fleet-search.js';
import { gridSearchSchema } from './features/grid/grid-search.js';
import { hostSearchSchema, hostsSearchSchema } from './features/hosts/hosts-search.js';
import { sessionSearchSchema } from './features/session/session-search.js';
import { settingsSearchSchema } from './features/settings/settings-search.js';
import { AuthGate } from './features/shell/auth-gate.js';
import { NotFound, RouteError } from './features/shell/route-errors.js';
import { basePath } from './lib/base-path.js';
import { AppLayout } from './routes/app-layout.js';

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** The shell shrinks to icons: the page needs the width. */
    compact?: boolean;
    /** Only the rail shrinks. */
    narrowRail?: boolean;
  }
  interface Register {
    router: typeof router;
  }
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: RouteError });

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('./routes/setup.js'), 'Component'),
});

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  // Only a path of this site: an address from outside must not lead away after sign-in.
  validateSearch: z.object({
    next: z
      .string()
      .regex(/^\/(?![/\\])/)
      .optional()
      .catch(undefined),
  }),
  component: lazyRouteComponent(() => import('./routes/login.js'), 'Component'),
});

const helpErrors = createRoute({
  getParentRoute: () => root,
  path: '/help/errors',
  component: lazyRouteComponent(() => import('./routes/help-errors.js'), 'Component'),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: () => (
    <AuthGate>
      <Outlet />
    </AuthGate>
  ),
});

const layout = createRoute({ getParentRoute: () => signedIn, id: 'layout', component: AppLayout });

const fleet = createRoute({
  getParentRoute: () => layout,
  path: '/',
  validateSearch: fleetSearchSchema,
  component: lazyRouteComponent(() => import('./routes/fleet.js'), 'Component'),
});

const hosts = createRoute({
  getParentRoute: () => layout,
  path: '/hosts',
  validateSearch: hostsSearchSchema,
  component: lazyRouteComponent(() => import('./routes/hosts.js'), 'Component'),
});

const host = createRoute({
  getParentRoute: () => layout,
  path: '/hosts/$id',
  validateSearch: hostSearchSchema,
  component: lazyRouteComponent(() => import('./routes/host.js'), 'Component'),
});

const analytics = createRoute({
  getParentRoute: () => layout,
  path: '/analytics',
  validateSearch: analyticsSearchSchema,
  component: lazyRouteComponent(() => import('./routes/analytics.js'), 'Component'),
});

const profiles = createRoute({
  getParentRoute: () => layout,
  path: '/profiles',
  component: lazyRouteComponent(() => import('./routes/profiles.js'), 'Component'),
});

const settings = createRoute({
  getParentRoute: () => layout,
  path: '/settings',
  validateSearch: settingsSearchSchema,
  component: lazyRouteComponent(() => import('./routes/settings.js'), 'Component'),
});

const grid = createRoute({
  getParentRoute: () => layout,
  path: '/grid',
  validateSearch: gridSearchSchema,
  staticData: { narrowRail: true },
  component: lazyRouteComponent(() => import('./routes/grid.js'), 'Component'),
});

const session = createRoute({
  getParentRoute: () => layout,
  path: '/sessions/$id',
  validateSearch: sessionSearchSchema,
  staticData: { compact: true },
  component: lazyRouteComponent(() => import('./routes/session.js'), 'Component'),
});

const sessionPop = createRoute({
  getParentRoute: () => signedIn,
  path: '/sessions/$id/pop',
  component: lazyRouteComponent(() => import('./routes/session-pop.js'), 'Component'),
});

export const router = createRouter({
  basepath: basePath() || '/',
  routeTree: root.addChildren([
    setup,
    login,
    helpErrors,
    signedIn.addChildren([
      layout.addChildren([fleet, grid, analytics, hosts, host, profiles, settings, session]),
      sessionPop,
    ]),
  ]),
  defaultPreload: 'intent',
  // Focus and scroll stay with the pages; the router only keeps where lists were.
  scrollRestoration: true,
});
