// The dashboard file for Grafana asks only for what is exposed.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkRules, promtoolOrSkip } from '../../testing/promtool.js';
import { families } from './families.js';

const file = new URL('../../../../../docs/grafana/roundhouse.json', import.meta.url);
const dashboard: unknown = JSON.parse(readFileSync(file, 'utf8'));

/** Every value of a key, however deep. */
function valuesOf(key: string, part: unknown): unknown[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => [
    ...(name === key ? [value] : []),
    ...valuesOf(key, value as unknown),
  ]);
}

const queries = [...valuesOf('expr', dashboard), ...valuesOf('query', dashboard)].filter(
  (value): value is string => typeof value === 'string' && value.includes('roundhouse_'),
);

/** As Grafana does before it asks. */
const filledIn = (query: string): string =>
  query.replaceAll('$__range', '1h').replaceAll('$__rate_interval', '5m').replaceAll('$profile', '.*');

describe('docs/grafana/roundhouse.json', () => {
  it('has a query in every panel', () => {
    const panels = valuesOf('targets', dashboard) as unknown[][];
    expect(panels.length).toBeGreaterThan(8);
    for (const targets of panels) expect(targets.length).toBeGreaterThan(0);
    expect(valuesOf('expr', dashboard).length).toBe(valuesOf('targets', dashboard).flat().length);
  });

  it.each(queries)('%s', (query) => {
    const names = [...query.matchAll(/\broundhouse_\w+/g)].map(([name]) => name);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(Object.keys(families)).toContain(name);
    for (const [, name, inside] of query.matchAll(/\b(roundhouse_\w+)\{([^}]*)\}/g)) {
      const labels: readonly string[] = families[name as keyof typeof families].labels;
      for (const [, label] of (inside ?? '').matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g))
        expect(labels).toContain(label);
    }
    const by = [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => (list ?? '').split(/,\s*/));
    const known = names.flatMap((name): readonly string[] => families[name as keyof typeof families].labels);
    for (const label of by) expect(known).toContain(label);
  });

  it('is PromQL that promtool understands', async (context) => {
    const promtool = await promtoolOrSkip(context);
    if (promtool === null) return;
    const rules = queries
      .filter((query) => !query.startsWith('label_values'))
      .map((query, index) => ({
        record: `panel:${String(index)}`.replace(/\d/g, 'x$&'),
        expr: filledIn(query),
      }));
    expect(await checkRules(promtool, { groups: [{ name: 'panels', rules }] })).toContain(
      `SUCCESS: ${String(rules.length)} rules found`,
    );
  }, 120_000);

  it('uses every family that tells of agents', () => {
    const asked = new Set(queries.flatMap((query) => query.match(/\broundhouse_\w+/g) ?? []));
    const own = Object.keys(families).filter((name) => !/_(build|process|facts|usage_rows)_/.test(name));
    expect(own.filter((name) => !asked.has(name))).toEqual([]);
  });
});
