// A preflight tells what a start would meet: here, a host that is full.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@roundhouse/kit';
import { parseProfile } from '@roundhouse/profiles';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TrustStore } from '../../git/trust.js';
import { LocalPolicy } from '../../policy/local-policy.js';
import type { HostRoom } from '../../sessions/host-capacity.js';
import { preflight } from './preflight.js';

const GiB = 1024 ** 3;
const profile = parseProfile({ name: 'shell', binary: 'sh' });
const plenty: HostRoom = { files: null, tasks: null, memory: 8 * GiB, ptys: 900, disk: 90 * GiB };
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'rh-preflight-'));
  await mkdir(path.join(dir, 'src'));
});
afterEach(() => rm(dir, { recursive: true }));

async function capacityOf(room: HostRoom) {
  const stateDir = path.join(dir, 'state');
  const { checks } = await preflight(
    { profile: 'shell', project: path.join(dir, 'src'), worktree: false, options: {} },
    {
      profileOf: () => profile,
      tools: { check: () => Promise.resolve([]) },
      policy: await LocalPolicy.load({ stateDir, projectRoots: [dir], clock: systemClock }),
      trust: await TrustStore.open({ stateDir, clock: systemClock }),
      enforcement: { memory: null, cpu: null },
      ...{ running: () => 0, room: () => Promise.resolve(room), stateDir, baseEnv: process.env },
    },
  );
  return checks.find(({ name }) => name === 'capacity');
}

it('R:F33 says before a spawn that the host is full, of what, and what helps', async () => {
  expect(await capacityOf(plenty)).toMatchObject({
    state: 'ok',
    message: 'There is room for more than 20 sessions',
  });
  expect(await capacityOf({ ...plenty, ptys: 11 })).toMatchObject({
    state: 'ok',
    message: 'There is room for 3 more',
  });
  expect(await capacityOf({ ...plenty, ptys: 8 })).toMatchObject({
    state: 'failed',
    message: 'The host is short of terminals: 8 left, a session needs 9',
    fix: expect.stringContaining('kernel.pty.max'),
  });
});
