// A preflight tells what a start would meet: here, a host that is full.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@roundhouse/kit';
import { parseProfile } from '@roundhouse/profiles';
import type { SessionOptions } from '@roundhouse/protocol';
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

const capacityOf = async (room: HostRoom) => (await checksOf(room)).find(({ name }) => name === 'capacity');

async function checksOf(room: HostRoom, options: SessionOptions = {}) {
  const stateDir = path.join(dir, 'state');
  const { checks } = await preflight(
    { profile: 'shell', project: path.join(dir, 'src'), worktree: false, options },
    {
      profileOf: () => profile,
      tools: {
        check: () => Promise.resolve([]),
        find: () => Promise.resolve({ file: '/bin/sh', stamp: '' }),
      },
      policy: await LocalPolicy.load({ stateDir, projectRoots: [dir], clock: systemClock }),
      trust: await TrustStore.open({ stateDir, clock: systemClock }),
      enforcement: { memory: 'it has none', cpu: null },
      ...{ running: () => 0, room: () => Promise.resolve(room), stateDir, baseEnv: process.env },
    },
  );
  return checks;
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

it('F:N5 says before a spawn which limit the host cannot enforce, and why', async () => {
  const limitsOf = async (limits: SessionOptions['limits']) =>
    (await checksOf(plenty, { limits })).find(({ name }) => name === 'limits');
  expect(await limitsOf({ timeMinutes: 5, cpuPercent: 100 })).toMatchObject({ state: 'ok' });
  expect(await limitsOf({ memoryMb: 512 })).toMatchObject({
    state: 'warning',
    message: 'The memory limit of 512 MiB is not enforced here: it has none',
  });
});
