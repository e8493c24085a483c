// Proves at start that every controller method is bound to a route of the registry, and each route to one method.
import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { allRoutes } from './route-table.js';
import { routeOf } from './route.js';

/**
 * @returns names of routes that nothing serves yet
 * @throws Error on a method without a route, or a route with two methods
 */
export function checkRoutes(discovery: DiscoveryService, scanner: MetadataScanner): readonly string[] {
  const served = new Set<string>();
  for (const { instance } of discovery.getControllers() as { instance: unknown }[]) {
    if (typeof instance !== 'object' || instance === null) continue;
    const prototype: unknown = Object.getPrototypeOf(instance);
    if (typeof prototype !== 'object' || prototype === null) continue;
    for (const key of scanner.getAllMethodNames(prototype)) {
      const method: unknown = Reflect.get(prototype, key, instance);
      if (typeof method !== 'function' || !Reflect.hasMetadata(PATH_METADATA, method)) continue;
      const route = routeOf(method);
      const name = allRoutes.find((candidate) => candidate.route === route)?.name;
      if (name === undefined)
        throw new Error(`${prototype.constructor.name}.${key} has no route in the registry`);
      if (served.has(name)) throw new Error(`The route ${name} has two handlers`);
      served.add(name);
    }
  }
  return allRoutes.map(({ name }) => name).filter((name) => !served.has(name));
}
