// The identity of a series: resource, scope, name and attributes, whatever their order.
import { hash } from 'node:crypto';
import type { Attributes, MetricPoint } from './model.js';

const sorted = (attributes: Attributes): unknown[] =>
  [...attributes].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

/** Text of 16 characters: 96 bits of SHA-256 are enough for the thousand series of a session. */
export function seriesKey({ resource, scope, name, kind, attributes }: MetricPoint): string {
  const identity = [sorted(resource), scope.name, scope.version, name, kind, sorted(attributes)];
  return shortHash(JSON.stringify(identity));
}

export const shortHash = (text: string): string => hash('sha256', text, 'base64url').slice(0, 16);
