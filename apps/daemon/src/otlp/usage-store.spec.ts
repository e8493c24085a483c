import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger } from '@roundhouse/kit';
import { sessionIdSchema } from '@roundhouse/protocol';
import { shortHash } from './series-key.js';
import { applyBatch, batchOf, interactive, requestRecord, usageIn } from './testing.js';
import { emptyUsageState } from './usage-state.js';
import { createFileUsageStore, type UsageStore } from './usage-store.js';

const source = { sessionId: sessionIdSchema.parse('1a6bd2b3-39a5-4b13-a5f5-6f2f3d0c8f01'), epoch: 1 };
const counted = interactive.reduce(
  (before, body) => applyBatch(before, batchOf(body)).state,
  emptyUsageState(),
);
const state = { state: counted, position: 7, told: 3 };

let directory: string;
let file: string;
let store: UsageStore;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'roundhouse-usage-'));
  file = join(directory, 'usage.json');
  store = createFileUsageStore({ fileOf: () => file, logger: silentLogger(), now: () => 1_795_226_351_000 });
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('gives back what was saved, readable for its owner alone', async () => {
  expect(await store.load(source)).toBeNull();
  await store.save(source, state);
  expect(await store.load(source)).toEqual(state);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(['usage.json']);
});

it.each(['', '{"version":1', '{"version":99}', '[]'])('sets an unreadable file aside: %s', async (text) => {
  await writeFile(file, text);
  const fresh = await store.load(source);
  expect(fresh).toEqual({
    state: emptyUsageState(1_795_226_351_000, 1_795_226_351_000),
    position: 0,
    told: 0,
  });
  expect(await readdir(directory)).toEqual(['usage.json.unreadable-1795226351000']);
});

it('takes up the state of a daemon before minutes and prices', async () => {
  const tokens = { input: 7200, output: 480, cacheRead: 5400, cacheCreation: 1800 };
  const events = { priced: true, requests: 6, tokens, costNanos: 61_950_000, seen: ['a'] };
  const before = { version: 1, rev: 12, series: {}, events, model: null, wide: {}, context: null };
  await writeFile(file, JSON.stringify(before));
  const state = await store.load(source);
  expect(state && usageIn(state.state)).toMatchObject({
    rev: 12,
    requests: 6,
    costNanos: 61_950_000,
    tokens,
  });
});

it('a request that a daemon before minutes and prices counted does not count again', async () => {
  const record = requestRecord({ request_id: 'req_1', input_tokens: 10, cost_usd: 0.5 });
  const tokens = { input: 10, output: 0, cacheRead: 0, cacheCreation: 0 };
  const seen = [shortHash('id req_1')];
  const events = { priced: true, requests: 1, tokens, costNanos: 500_000_000, seen };
  const before = { version: 1, rev: 1, series: {}, events, model: null, wide: {}, context: null };
  await writeFile(file, JSON.stringify(before));
  const loaded = await store.load(source);
  if (!loaded) throw new Error('nothing was loaded');
  const again = applyBatch(loaded.state, { signal: 'logs', items: [record] });
  expect(usageIn(again.state)).toMatchObject({ requests: 1, costNanos: 500_000_000 });
});

it('leaves the last state when a write fails', async () => {
  await store.save(source, state);
  const broken = createFileUsageStore({
    fileOf: () => join(file, 'below-a-file'),
    logger: silentLogger(),
    now: () => 0,
  });
  await expect(broken.save(source, { ...state, state: emptyUsageState() })).rejects.toThrow();
  expect(await store.load(source)).toEqual(state);
});
