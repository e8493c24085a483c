// The REST routes of the registry as a flat list, and which of them serve a path.
import { routes, type AnyRoute } from '@roundhouse/protocol';

export interface NamedRoute {
  /** `hosts.create` */
  readonly name: string;
  readonly route: AnyRoute;
}

export const allRoutes: readonly NamedRoute[] = Object.entries(routes).flatMap(([resource, group]) =>
  Object.entries(group).map(([name, route]: [string, AnyRoute]) => ({ name: `${resource}.${name}`, route })),
);

const patterns = allRoutes.map(({ route }) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(/:[A-Za-z]+/g, '[^/]+')}/?$`),
}));

/** Methods that the path takes. */
export const otherMethods = (path: string): string[] => [
  ...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map(({ route }) => route.method)),
];
