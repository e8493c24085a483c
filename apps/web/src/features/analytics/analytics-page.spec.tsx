// @vitest-environment happy-dom
// What was told last stays on the page while the hub does not answer, and says how old it is.
import { act, cleanup, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { queryClient } from '../../lib/query.js';
import { makeHost } from '../../testing/entities.js';
import { fillCache, renderPage } from '../../testing/render-page.js';
import { AnalyticsPage } from './analytics-page.js';
import { spanOf } from './span.js';
import { sumsQuery } from './usage-queries.js';

const sum = {
  tokens: { input: 1, output: 2, cacheRead: 3, cacheCreation: 4, reasoning: 0 },
  ...{ costNanos: 7_000_000_000, costSource: 'reported', estimatedNanos: 0, unpricedTokens: 0 },
  ...{ requests: 1, errors: 0, retries: 0, toolCalls: 0, toolFailures: 0, sessions: 1 },
  ...{ workingMs: 0, waitingMs: 0, idleMs: 0, linesAdded: 0, linesRemoved: 0 },
  ...{ commits: 0, pullRequests: 0, prompts: 0, cacheHit: null },
};
const at = '2026-03-04T12:00:00.000Z';
const reply = { from: at, to: at, bucket: 'minute', priceTable: null, items: [], total: sum, burn: null };
let away = false;

beforeEach(() => {
  vi.stubGlobal('fetch', (url: string) => {
    const sums = url.startsWith('/api/v1/usage?');
    const problem = {
      type: 'about:blank',
      code: 'DB_UNAVAILABLE',
      title: 'The database is away',
      status: 503,
    };
    const [status, body] = away || !sums ? [503, problem] : [200, { ...reply, previous: sum }];
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
});
afterEach(() => {
  cleanup();
  queryClient.clear();
  vi.unstubAllGlobals();
});

it('keeps its numbers on an error, under a line that says so', async () => {
  fillCache([makeHost()], []);
  await renderPage(() => <AnalyticsPage search={{}} onSearch={() => undefined} />);
  expect(await screen.findByText('$7.00')).toBeTruthy();
  away = true;
  await act(() => queryClient.refetchQueries({ queryKey: ['usage', 'sums'] }));
  expect(screen.getByText('This is older than it looks')).toBeTruthy();
  expect(screen.getByText('$7.00')).toBeTruthy();
});

it('asks for the same span with the same key, however late it is', () => {
  const keyAt = (now: number) => sumsQuery({ span: spanOf({}, now), search: {} }, 'model').queryKey;
  expect(keyAt(60_000)).toEqual(keyAt(120_000));
});
