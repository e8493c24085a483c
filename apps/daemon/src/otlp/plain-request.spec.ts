// Both ways of reading say the same: whatever is read without the schema, the schema reads so, too.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTree, maxItems } from './decode.js';
import { messageTypes } from './descriptor.js';
import { readPlain } from './plain-request.js';
import { capturedIn, interactive, type Captured } from './testing.js';

const bodies = [...interactive, ...capturedIn('claude', 'protobuf')];
const plainSignals = ['metrics', 'logs'] as const;
type PlainSignal = (typeof plainSignals)[number];

function treeOf({ signal, encoding, bytes }: Captured): unknown {
  if (encoding === 'json') return JSON.parse(bytes.toString());
  const type = messageTypes[signal];
  return type.toObject(type.decode(bytes), { longs: String });
}

const trees = bodies.flatMap((body) => {
  const { signal } = body;
  return signal === 'traces' ? [] : [{ signal, tree: treeOf(body) }];
});

/** What the schema says; null when it refuses. */
function bySchema(signal: PlainSignal, tree: unknown, limit = maxItems) {
  try {
    return decodeTree(signal, tree, limit);
  } catch {
    return null;
  }
}

function expectTheSame(signal: PlainSignal, tree: unknown, limit = maxItems): boolean {
  const plain = readPlain(signal, tree, limit);
  if (plain !== null) expect(plain).toStrictEqual(bySchema(signal, tree, limit));
  return plain !== null;
}

describe('captured bodies', () => {
  it('of the usual kinds are plain, and read as by the schema', () => {
    expect(trees.length).toBeGreaterThan(10);
    const plain = trees.filter(({ signal, tree }) => expectTheSame(signal, tree));
    expect(plain).toHaveLength(trees.length);
  });

  it('are cut at the same item', () => {
    for (const { signal, tree } of trees) expect(expectTheSame(signal, tree, 2)).toBe(true);
  });
});

/** What may stand where something else is expected. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, true, '', '0', '-0', '-5', '12', 'NaN', 'Infinity', '1e3', ' 1'),
  fc.constantFrom<unknown>(0, -0, -1, 1, 2, 3, 1.5, NaN, Infinity, 2 ** 53, 2 ** 64, -(2 ** 63)),
  fc.constantFrom<unknown>(
    '9223372036854775807',
    '18446744073709551615',
    '18446744073709551616',
    '9'.repeat(20),
  ),
  fc.constantFrom<unknown>({}, [], [{}], { values: [] }, { stringValue: 'x' }, { intValue: '-0' }),
  fc.constantFrom<unknown>({ dataPoints: [] }, { stringValue: null, intValue: 4 }, { boolValue: 'true' }),
  fc.constantFrom<unknown>({ doubleValue: 'NaN' }, { doubleValue: NaN }, { arrayValue: {} }, { other: 1 }),
);

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}

const addable = [
  ...['asInt', 'asDouble', 'flags', 'gauge', 'histogram', 'summary', 'sum', 'body', 'eventName', 'unit'],
  ...['stringValue', 'intValue', 'doubleValue', 'scope', 'resource', 'timeUnixNano', '__proto__'],
];

describe('a body with something odd in it', () => {
  const change = fc.record({ at: fc.nat(), value: odd, added: fc.option(fc.constantFrom(...addable)) });

  it('is left to the schema, or is read as by the schema', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...trees),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        ({ signal, tree }, changes) => {
          const changed = structuredClone(tree);
          for (const { at, value, added } of changes) {
            const places = placesIn(changed);
            const place = places[at % places.length];
            if (!place) continue;
            // As JSON.parse does: `__proto__` is a key like any other.
            const property = {
              value: structuredClone(value),
              enumerable: true,
              configurable: true,
              writable: true,
            };
            Object.defineProperty(place.holder, added ?? place.key, property);
          }
          expectTheSame(signal, changed);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each<unknown>([null, 5, 'x', [], {}, { resourceLogs: 5 }, { resourceLogs: [7] }])('as %j is', (tree) => {
    for (const signal of plainSignals) expectTheSame(signal, tree);
  });
});
