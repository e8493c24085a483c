import { describe, expect, it } from 'vitest';
import { hostOf } from '../testing/entities.js';
import { toHost, type HostRow } from './host.entity.js';

const at = new Date('2026-01-01T00:00:00Z');
const { projects, profiles } = hostOf();
const row: HostRow = {
  ...{ id: '11111111-1111-4111-8111-111111111111', version: 1, name: 'mill', state: 'online', createdAt: at },
  ...{
    publicKey: 'a key',
    ...{ keySince: new Date(0), previousKey: 'an older key', previousKeyUntil: new Date(1) },
    instanceId: null,
    generation: 2,
    lastSeenAt: at,
    projectRoots: ['/srv'],
    agents: [],
  },
  ...{ outboxStream: null, outboxSeq: 0n, daemonVersion: '0.1.0', protocol: 1, system: null, otlp: null },
  ...{
    profiles,
    projects,
    profileProblems: [],
    scannedAt: at,
    problem: null,
    joinTokens: [{ expiresAt: at }],
  },
};

describe('a host from its row', () => {
  it('is what browsers see: no key, no outbox', () => {
    const host = toHost(row);
    expect(host).toMatchObject({ name: 'mill', projects, profiles, joinTokenExpiresAt: at.toISOString() });
    for (const secret of ['publicKey', 'previousKey', 'outboxStream', 'joinTokens'])
      expect(host).not.toHaveProperty(secret);
    expect(toHost({ ...row, joinTokens: [] }).joinTokenExpiresAt).toBeNull();
  });

  it('shows nothing rather than a report of another shape', () => {
    const old = toHost({
      ...row,
      projects: [{ dir: '/srv' }],
      profiles: 'bash',
      system: { cpu: 1 },
      otlp: 3,
    });
    expect(old).toMatchObject({ projects: [], profiles: [], system: null, otlp: null });
  });
});
