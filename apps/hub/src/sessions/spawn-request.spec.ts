import { sessionSpawnSchema, type Host, type Session, type SessionSpawn } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { hostOf, sessionOf } from '../testing/entities.js';
import { deadlineOf, defaultName, planSpawn } from './spawn-request.js';

const sessionId = '44444444-4444-4444-8444-444444444444';
const host = hostOf();
const request = (change: Partial<SessionSpawn> = {}): SessionSpawn => ({
  ...sessionSpawnSchema.parse({ hostId: host.id, profile: 'bash', project: '/srv/shop', cols: 80, rows: 24 }),
  ...change,
});
const plan = (change: Partial<SessionSpawn>, facts: { host?: Host; companion?: Session | null } = {}) =>
  planSpawn(request(change), { host, companion: null, sessionId, ...facts }).op;
const refusal = (
  change: Partial<SessionSpawn>,
  facts = {},
): { code?: string; fields?: { field: string }[] } => {
  try {
    plan(change, facts);
  } catch (error) {
    return error as { code: string };
  }
  return {};
};
const resuming = hostOf({ profiles: host.profiles.map((profile) => ({ ...profile, supportsResume: true })) });
const trusting = hostOf({ projects: host.projects.map((project) => ({ ...project, trusted: true })) });

describe('a request to spawn', () => {
  it('becomes the order of the first life', () => {
    expect(plan({ task: 'Mend it' })).toEqual({
      ...{ kind: 'spawn', sessionId, epoch: 1, profile: 'bash', project: '/srv/shop', mode: 'new' },
      ...{
        worktree: false,
        baseBranch: null,
        trust: false,
        companionOf: null,
        task: 'Mend it',
        cols: 80,
        rows: 24,
      },
    });
  });

  it('is held against what the host reported, by field', () => {
    expect(refusal({ profile: 'nethack' })).toMatchObject({
      code: 'PROFILE_NOT_FOUND',
      fields: [{ field: 'profile' }],
    });
    expect(refusal({ project: '/etc' })).toMatchObject({
      code: 'PROJECT_NOT_FOUND',
      fields: [{ field: 'project' }],
    });
    expect(refusal({ mode: 'resume' }).code).toBe('RESUME_UNSUPPORTED');
  });

  it('runs git only where a person trusts it', () => {
    expect(refusal({ worktree: true })).toMatchObject({
      code: 'PROJECT_UNTRUSTED',
      fields: [{ field: 'trust' }],
    });
    expect(plan({ worktree: true, trust: true })).toMatchObject({ worktree: true, trust: true });
    expect(plan({ worktree: true, baseBranch: 'dev' }, { host: trusting }).baseBranch).toBe('dev');
    expect(refusal({ baseBranch: 'dev' })).toMatchObject({
      code: 'VALIDATION_FAILED',
      fields: [{ field: 'baseBranch' }],
    });
  });

  it('begins a conversation anew in a new worktree', () => {
    expect(plan({ mode: 'resume', worktree: true, trust: true }, { host: resuming }).mode).toBe('new');
    expect(plan({ mode: 'resume' }, { host: resuming }).mode).toBe('resume');
  });

  it('keeps companions to the directory of their session', () => {
    const companion = sessionOf();
    const companionOf = companion.id;
    expect(plan({ companionOf }, { companion }).companionOf).toBe(companionOf);
    const elsewhere = [null, sessionOf({ project: '/srv/other' })];
    expect(refusal({ companionOf }, { companion: elsewhere[0] }).code).toBe('VALIDATION_FAILED');
    expect(refusal({ companionOf }, { companion: elsewhere[1] }).code).toBe('VALIDATION_FAILED');
    const both = { companionOf, worktree: true, trust: true } as const;
    expect(refusal(both, { companion }).fields).toMatchObject([{ field: 'companionOf' }]);
  });

  it('has a name and a deadline of its own', () => {
    expect(defaultName(request(), sessionId)).toBe('shop 4444');
    expect(deadlineOf(request(), 0).getTime()).toBe(60_000);
    expect(deadlineOf(request({ deadlineS: 5 }), 0).getTime()).toBe(5_000);
  });
});
