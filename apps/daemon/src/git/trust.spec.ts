import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '@roundhouse/kit';
import { TestBed } from './test-bed.js';
import { TrustStore } from './trust.js';

const open = (bed: TestBed) => TrustStore.open({ stateDir: bed.stateDir, clock: systemClock });

describe('TrustStore', () => {
  it('trusts exactly one directory, through links, and remembers it', async () => {
    using bed = new TestBed();
    const project = join(bed.root, 'p');
    mkdirSync(join(project, 'vendor'), { recursive: true });
    symlinkSync(project, join(bed.root, 'link'));
    const trust = await open(bed);
    await expect(trust.requireTrusted(project)).rejects.toMatchObject({ code: 'PROJECT_UNTRUSTED' });
    await trust.trust(join(bed.root, 'link'));
    expect(await trust.requireTrusted(join(bed.root, 'link'))).toBe(project);
    expect(await trust.isTrusted(join(project, 'vendor'))).toBe(false);
    expect(await (await open(bed)).isTrusted(project)).toBe(true);
    expect(statSync(join(bed.stateDir, 'trusted-projects.json')).mode & 0o777).toBe(0o600);
    await trust.revoke(project);
    expect(await (await open(bed)).isTrusted(project)).toBe(false);
  });

  it('keeps every one of many at once', async () => {
    using bed = new TestBed();
    const paths = Array.from({ length: 10 }, (_, n) => join(bed.root, String(n)));
    for (const path of paths) mkdirSync(path);
    const trust = await open(bed);
    await Promise.all(paths.map((path) => trust.trust(path)));
    expect([...(await open(bed)).list()].sort()).toEqual(paths);
  });

  it.each(['{', '[]', '{"version":2,"projects":{}}', '{"version":1,"projects":{"/x":"yes"}}'])(
    'sets a corrupt file aside and trusts nothing: %s',
    async (text) => {
      using bed = new TestBed();
      mkdirSync(bed.stateDir);
      const file = join(bed.stateDir, 'trusted-projects.json');
      writeFileSync(file, text);
      chmodSync(file, 0o600);
      const seen: string[] = [];
      const onCorrupt = (path: string): void => void seen.push(path);
      const trust = await TrustStore.open({ stateDir: bed.stateDir, clock: systemClock, onCorrupt });
      expect(trust.list()).toEqual([]);
      expect(readdirSync(bed.stateDir)).toHaveLength(1);
      expect(readFileSync(seen[0] ?? '', 'utf8')).toBe(text);
    },
  );

  it('refuses what is not there, and NUL', async () => {
    using bed = new TestBed();
    const trust = await open(bed);
    await expect(trust.trust(join(bed.root, 'none'))).rejects.toMatchObject({ code: 'DIRECTORY_MISSING' });
    await expect(trust.trust('/a\0b')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});
