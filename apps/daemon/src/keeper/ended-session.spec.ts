import { describe, expect, it } from 'vitest';
import type { KeeperFile } from '@roundhouse/protocol';
import { isKeeperAlive } from './ended-session.js';
import { bootId, processRef } from './proc.js';

const file = (changes: Partial<KeeperFile>): KeeperFile => ({
  sessionId: 's',
  epoch: 1,
  keeper: processRef(process.pid),
  agent: processRef(process.pid),
  bootId: bootId(),
  socketPath: '/nowhere.sock',
  build: 'b',
  proto: { min: 1, max: 1 },
  startedAt: '2026-01-01T00:00:00.000Z',
  ...changes,
});

describe('isKeeperAlive', () => {
  it('knows a keeper of this boot by pid and start time', () => {
    expect(isKeeperAlive(file({}))).toBe(true);
    const { pid, startTime } = processRef(process.pid);
    expect(isKeeperAlive(file({ keeper: { pid, startTime: startTime + 1 } }))).toBe(false);
    expect(isKeeperAlive(file({ bootId: 'another-boot.1' }))).toBe(false);
  });

  it('does not take the keeper of a build for dead that wrote a shorter boot id', () => {
    const [kernel = ''] = bootId().split('.');
    expect(isKeeperAlive(file({ bootId: kernel }))).toBe(true);
  });
});
