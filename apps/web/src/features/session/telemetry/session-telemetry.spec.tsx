// @vitest-environment happy-dom
// Without numbers the tab says why: they have not come yet, or never will.
import { cleanup, screen } from '@testing-library/react';
import type { SessionUsageReply } from '@roundhouse/protocol';
import { afterEach, expect, it } from 'vitest';
import { hostQuery, queryClient } from '../../../lib/query.js';
import { makeHost, makeProfile, makeSession } from '../../../testing/entities.js';
import { renderPage } from '../../../testing/render-page.js';
import { sessionUsageQuery } from './session-usage-query.js';
import { SessionTelemetry } from './session-telemetry.js';

afterEach(() => {
  cleanup();
  queryClient.clear();
});

it.each([
  ['otlp', 'Nothing was used yet'],
  ['sidecar', 'Not reported'],
] as const)('of an agent that reports by %s says: %s', async (telemetry, words) => {
  const host = makeHost({ profiles: [makeProfile('claude', { telemetry })] });
  const session = makeSession(host);
  queryClient.setQueryData(hostQuery(host.id).queryKey, host);
  const total = { requests: 0, tokens: { output: 0 }, workingMs: 0 };
  queryClient.setQueryData(sessionUsageQuery(session).queryKey, { total } as unknown as SessionUsageReply);
  await renderPage(() => <SessionTelemetry session={session} />);
  expect(screen.getByRole('heading', { name: words })).toBeTruthy();
});
