import { describe, expect, it } from 'vitest';
import { toSession } from './session.entity.js';

type Row = Parameters<typeof toSession>[0];
const at = new Date('2026-01-01T00:00:00Z');
const row: Row = {
  ...{
    id: '44444444-4444-4444-8444-444444444444',
    version: 3,
    hostId: '11111111-1111-4111-8111-111111111111',
  },
  ...{
    createdBy: null,
    createdAt: at,
    startedAt: at,
    endedAt: null,
    deadlineAt: null,
    name: 'shop',
    task: null,
  },
  ...{ profile: 'bash', mode: 'new', project: '/srv/shop', projectName: 'shop', baseBranch: null },
  ...{
    worktree: false,
    cwd: null,
    branch: null,
    remoteUrl: null,
    companionOf: null,
    epoch: 1,
    state: 'running',
  },
  ...{ desired: 'running', stateReason: null, activity: null, exitCode: null, signal: null, pid: null },
  ...{ cols: 80, rows: 24, warnings: [], orphan: false, model: null, costSource: 'reported' },
  ...{ inputTokens: 7200n, outputTokens: 480n, cacheReadTokens: 5400n, cacheCreationTokens: 1800n },
  ...{ costNanos: 61_950_000n, contextUsed: 10, contextWindow: null, contextSource: 'status-line' },
  ...{
    reasoningTokens: 40n,
    unpricedTokens: 7n,
    conversationId: null,
    options: {},
    notes: [],
    resumedFrom: null,
  },
  ...{ sidecar: null },
};

describe('a session from its row', () => {
  it('is what browsers see, with whole numbers and instants', () => {
    expect(toSession(row)).toMatchObject({
      tokens: { input: 7200, output: 480, cacheRead: 5400, cacheCreation: 1800, reasoning: 40 },
      ...{ costNanos: 61_950_000, unpricedTokens: 7 },
      context: { used: 10, window: null, source: 'status-line' },
      createdAt: '2026-01-01T00:00:00.000Z',
      endedAt: null,
    });
    expect(toSession(row)).not.toHaveProperty('createdBy');
    expect(toSession({ ...row, contextUsed: null }).context).toBeNull();
  });

  it('that this version does not write is a typed error', () => {
    expect(() => toSession({ ...row, state: 'dreaming' })).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }),
    );
  });
});
