// What a host offers, told when it changes: also when trust or files change during a scan.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, silentLogger } from '@roundhouse/kit';
import type { Inventory } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TrustStore } from '../git/trust.js';
import { eventually } from '../keeper/testing/keeper-rig.js';
import { fitting } from '../link/fitting.js';
import { HostInventory } from './inventory.js';
import { ownPrograms } from './programs.js';

describe('the inventory', () => {
  let base = '';
  let trust: TrustStore;
  let inventory: HostInventory;
  let told: Inventory[] = [];
  const clock = new ManualClock();
  const repository = (name: string): string => {
    const path = join(base, 'root', name);
    mkdirSync(path, { recursive: true });
    execFileSync('git', ['init', '-q', path]);
    return path;
  };
  const names = () => told.at(-1)?.projects.map(({ name }) => name);

  beforeEach(async () => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'rh-inv-')));
    mkdirSync(join(base, 'root'));
    mkdirSync(join(base, 'profiles'));
    const profile = 'name: sh\nbinary: sh\ncommands: { new: [sh], resume: [sh] }\n';
    writeFileSync(join(base, 'profiles/sh.yaml'), profile);
    told = [];
    trust = await TrustStore.open({ stateDir: join(base, 'state'), clock });
    inventory = new HostInventory({
      roots: [join(base, 'root')],
      depth: () => 3,
      profileDirs: [join(base, 'profiles')],
      env: { PATH: process.env['PATH'] },
      programs: ownPrograms,
      trust,
      otlp: () => ({ state: 'off', port: null, reason: null }),
      clock,
      logger: silentLogger(),
      onChanged: (changed) => told.push(changed),
    });
  });
  afterEach(() => {
    inventory.dispose();
    rmSync(base, { recursive: true, force: true });
  });

  it('has its profiles at once, its projects soon, and tells only what changed', async () => {
    repository('one');
    await inventory.start();
    expect(inventory.profileOf('sh')?.name).toBe('sh');
    await eventually(() => told.length === 1, 'the first scan');
    expect(names()).toEqual(['one']);
    await inventory.rescan();
    expect(told).toHaveLength(1);
    repository('two');
    clock.advance(60_000);
    await eventually(() => told.length === 2, 'the scan of every minute');
    expect(names()?.sort()).toEqual(['one', 'two']);
    expect(inventory.current).toBe(told[1]);
  });

  it('a rescan finds what was made before it was asked for, also during another scan', async () => {
    await inventory.start();
    for (let n = 0; n < 5; n += 1) {
      void inventory.scan();
      repository(`p${String(n)}`);
      const [a, b] = await Promise.all([inventory.rescan(), inventory.rescan()]);
      expect(a).toBe(b);
      expect(a.projects).toHaveLength(n + 1);
    }
  });

  it('trust that is given while a scan runs is not told away by it', async () => {
    const path = repository('one');
    await inventory.start();
    await inventory.rescan();
    for (let turns = 0; turns < 30; turns += 3) {
      await trust.revoke(path);
      await inventory.rescan();
      const scanning = inventory.rescan();
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await trust.trust(path);
      await inventory.trustChanged();
      await scanning;
      expect(told.at(-1)?.projects).toMatchObject([{ trusted: true }]);
    }
  });

  it('cuts lists to what fits into a message', () => {
    const items = Array.from({ length: 100 }, (_, n) => ({ n: String(n).padStart(90, '0') }));
    const kept = fitting(items, 1_000);
    expect(kept).toEqual(items.slice(0, 10));
    expect(fitting(items, 10_000_000)).toEqual(items);
  });
});
