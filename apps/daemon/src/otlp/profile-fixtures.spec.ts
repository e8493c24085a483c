// Every case of `profiles/fixtures` that carries telemetry: what the shipped profile makes of it. A new agent means new files.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ManualClock, silentLogger } from '@roundhouse/kit';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { minutesSince } from './history-of.js';
import { noPrices, type Prices } from './pricing/price.js';
import { PriceBook } from './pricing/price-book.js';
import { readBatch, readEvent } from './read-batch.js';
import type { Reading } from './read-record.js';
import { readStatement } from './statements.js';
import { applyReading, batchOf, capturedIn, profileFixtures, shippedMeaning, usageIn } from './testing.js';
import { emptyUsageState, type UsageState } from './usage-state.js';

const kinds = ['otlp', 'events', 'transcript', 'status-line'] as const;
const caseSchema = z.object({ kind: z.string(), profile: z.string() });
const expectedSchema = z.object({
  totals: z.record(z.string(), z.unknown()),
  /** Sums over all minutes, by tool. */
  tools: z.array(z.record(z.string(), z.unknown())).optional(),
  /** Sums over all minutes, by role. */
  roles: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
const lineSchema = z.object({ event: z.string(), ms: z.number().nullish(), payload: z.unknown() });

interface Case {
  readonly agent: string;
  readonly name: string;
  readonly kind: (typeof kinds)[number];
  readonly profile: string;
}

const cases: Case[] = readdirSync(profileFixtures).flatMap((agent) =>
  readdirSync(path.join(profileFixtures, agent)).flatMap((name) => {
    const file = path.join(profileFixtures, agent, name, 'case.yaml');
    if (!existsSync(file)) return [];
    const { kind, profile } = caseSchema.parse(parse(readFileSync(file, 'utf8')));
    const known = kinds.find((one) => one === kind);
    return known === undefined ? [] : [{ agent, name, kind: known, profile }];
  }),
);

let prices: Prices = noPrices;
beforeAll(async () => {
  prices = new PriceBook({ stateDir: '/nonexistent', clock: new ManualClock(), logger: silentLogger() });
  await prices.refresh();
});

/** What the case tells, in the pieces in which the agent told it. */
function readingsOf({ agent, name, kind, profile }: Case): Reading[] {
  const meaning = shippedMeaning(profile);
  if (kind === 'otlp') {
    return capturedIn(agent, name).map((body) => readBatch(batchOf(body), meaning, prices.price));
  }
  const file = kind === 'events' ? 'events.jsonl' : 'lines.jsonl';
  const lines = readFileSync(path.join(profileFixtures, agent, name, file), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line, index) => {
    const document: unknown = JSON.parse(line);
    if (kind === 'events') {
      const { ms, ...event } = lineSchema.parse(document);
      return readEvent({ ...event, ms: ms ?? 0 }, meaning, prices.price);
    }
    const fields = meaning.statements[kind];
    const said = meaning.transcript === null || kind !== 'transcript' || meaning.transcript.fits(document);
    const ms = Date.parse('2026-11-21T00:00:00Z') + index;
    const observations = fields && said ? readStatement({ source: kind, document, ms }, fields) : [];
    return { observations, refused: 0 };
  });
}

const run = (readings: readonly Reading[], { profile }: Case): UsageState =>
  readings.reduce(
    (state, reading) => applyReading(state, reading, { meaning: shippedMeaning(profile), prices }).state,
    emptyUsageState(),
  );

const thrice = <T>(items: readonly T[]): T[] => [...items, ...items, ...items];

function sumsOf(state: UsageState, { profile }: Case) {
  const minutes = minutesSince(state, 0, shippedMeaning(profile));
  const tools = new Map<string, Record<string, number>>();
  const roles = new Map<string, Record<string, number>>();
  const add = (map: typeof tools, key: string, values: Record<string, number>): void => {
    const sum = map.get(key) ?? {};
    for (const [name, value] of Object.entries(values)) sum[name] = (sum[name] ?? 0) + value;
    map.set(key, sum);
  };
  for (const minute of minutes) {
    for (const { tool, histogram: _, ...counts } of minute.tools) add(tools, tool, counts);
    for (const { role, requests, costNanos, tokens, errors, retries } of minute.models) {
      add(roles, role, { requests, costNanos, errors, retries, ...tokens });
    }
  }
  return {
    tools: [...tools].map(([tool, counts]) => ({ tool, ...counts })),
    roles: Object.fromEntries(roles),
  };
}

describe.each(cases)('$agent/$name', (each) => {
  const file = path.join(profileFixtures, each.agent, each.name, 'expected.yaml');
  const expected = expectedSchema.parse(parse(readFileSync(file, 'utf8')));

  it('gives the expected totals', () => {
    const state = run(readingsOf(each), each);
    const meaning = shippedMeaning(each.profile);
    expect(usageIn(state, { meaning, prices })).toMatchObject(expected.totals);
    const sums = sumsOf(state, each);
    if (expected.tools)
      expect(sums.tools).toEqual(expected.tools.map((tool) => expect.objectContaining(tool)));
    if (expected.roles) expect(sums.roles).toMatchObject(expected.roles);
  });

  it('gives the same when all of it is told three times', () => {
    const meaning = shippedMeaning(each.profile);
    const readings = readingsOf(each);
    const once = usageIn(run(readings, each), { meaning, prices });
    const state = run(thrice(readings), each);
    expect({ ...usageIn(state, { meaning, prices }), rev: once?.rev }).toEqual(once);
  });
});
