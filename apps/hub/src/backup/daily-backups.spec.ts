// Backups that a running hub makes of itself: when one is due, what is kept, and what is told when it fails.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ManualClock } from '@roundhouse/kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../platform/database/database.js';
import { cookieOf, TestHub } from '../testing/test-hub.js';
import { DailyBackups } from './daily-backups.service.js';
import { readBackup } from './read-backup.js';

const hour = 3_600_000;
const start = Date.parse('2026-11-22T06:00:00Z');
const clock = new ManualClock(start);
let test: TestHub;
let dir: string;
const passphrase = 'eleven-quiet-lanterns';

beforeAll(async () => {
  const settings = { ROUNDHOUSE_BACKUP_KEEP: '3', ROUNDHOUSE_BACKUP_PASSPHRASE: passphrase };
  test = await TestHub.start({ clock }, settings);
  dir = path.join(test.stateDir, 'backups');
  await test.setUp();
});
afterAll(() => test.close());

const daily = () => test.hub.get(DailyBackups);
const names = async (): Promise<string[]> => (await readdir(dir)).sort();
const later = async (ms: number): Promise<void> => {
  clock.jump(ms);
  await daily().look();
  await daily().idle();
};
const ask = (of: TestHub, method: string, as: string) =>
  of.call({
    ...{ method, path: '/api/v1/backups', headers: of.browser(as) },
    ...(method === 'POST' ? { json: {} } : {}),
  });
const call = async (method: string) => ask(test, method, cookieOf(await test.logIn()));

describe('a hub that keeps three', () => {
  it('makes one soon after its start, whole and encrypted', async () => {
    expect((await call('GET')).body).toMatchObject({
      keep: 3,
      dir,
      encrypted: true,
      items: [],
      failure: null,
    });
    clock.advance(5 * 60_000);
    // The look of the timer reads the directory first.
    await later(0);
    expect(await names()).toEqual(['hub-20261122T060500Z.backup']);
    const file = path.join(dir, 'hub-20261122T060500Z.backup');
    await expect(readBackup({ file, passphrase: null })).rejects.toMatchObject({ code: 'BACKUP_INVALID' });
    const { end } = await readBackup({ file, passphrase });
    expect(end.tables).toContainEqual(expect.objectContaining({ name: 'users', rows: 1 }));
    const { items } = (await call('GET')).body;
    expect(items).toEqual([
      { name: 'hub-20261122T060500Z.backup', at: '2026-11-22T06:05:00.000Z', bytes: expect.any(Number) },
    ]);
  });

  it('makes the next after a day, and forgets what is older than the three; other files stay', async () => {
    await writeFile(path.join(dir, 'before-0.1.0-20260101T000000Z.backup'), 'of an update');
    await writeFile(path.join(dir, 'hub-notes.txt'), 'of somebody');
    await writeFile(path.join(dir, 'hub-20261122T070000Z.backup.part'), 'of a hub that was killed');
    await later(23 * hour);
    expect((await names()).filter((name) => /^hub-2026.*backup$/.test(name))).toHaveLength(1);
    for (let day = 0; day < 3; day += 1) await later(24 * hour);
    expect(await names()).toEqual([
      'before-0.1.0-20260101T000000Z.backup',
      'hub-20261124T050500Z.backup',
      'hub-20261125T050500Z.backup',
      'hub-20261126T050500Z.backup',
      'hub-notes.txt',
    ]);
  });

  it('is not held up by one that a wrong clock dated', async () => {
    const wrong = ['29', '30', '31'].map((day) => path.join(dir, `hub-209912${day}T000000Z.backup`));
    for (const file of wrong) await writeFile(file, 'of the future');
    await later(24 * hour);
    // They are no reason to make none, to remove the one that was made, or to call it older than it is.
    expect(await names()).toContain('hub-20261127T050500Z.backup');
    expect(await daily().newestAt()).toBe(Date.parse('2026-11-27T05:05:00Z'));
    for (const file of wrong) await rm(file);
  });

  it('makes one when it is asked to, and says who asked', async () => {
    clock.jump(hour);
    const answer = await call('POST');
    expect([answer.status, answer.body['running']]).toEqual([202, true]);
    await daily().idle();
    expect(await names()).toContain('hub-20261127T060500Z.backup');
    expect((await call('GET')).body['running']).toBe(false);
  });

  it('says why one failed, tries again after an hour, and forgets the failure with the next', async () => {
    await rm(dir, { recursive: true });
    await writeFile(dir, 'no directory');
    await later(24 * hour);
    expect((await call('GET')).status).toBe(200);
    const told = (await call('GET')).body;
    expect(told['failure']).toMatchObject({ message: expect.stringMatching(/EEXIST|ENOTDIR/) });
    await rm(dir);
    await mkdir(dir);
    clock.advance(hour / 2);
    await later(0);
    expect(await names()).toEqual([]);
    // An hour is one, also where the clock was wrong when it failed.
    clock.jump(-10 * hour);
    clock.advance(hour / 2);
    await later(0);
    expect(await names()).toHaveLength(1);
    expect((await call('GET')).body['failure']).toBeNull();
  });

  it('gives one up that is not done when the next is due', async () => {
    const before = await names();
    await test.hub.get(Database).client.$transaction(async (tx) => {
      await tx.$executeRaw`LOCK TABLE hosts IN ACCESS EXCLUSIVE MODE`;
      expect((await call('POST')).status).toBe(202);
      clock.advance(24 * hour);
      await daily().idle();
    });
    expect(await names()).toEqual(before);
    expect((await call('GET')).body['failure']).toMatchObject({ message: 'It was not done within a day' });
  });
});

it('makes none by itself unless that is set; three of those that are asked for are kept', async () => {
  const own = new ManualClock(start);
  const plain = await TestHub.start({ clock: own });
  try {
    await plain.setUp();
    const service = plain.hub.get(DailyBackups);
    own.jump(48 * hour);
    await service.look();
    expect(await service.show()).toMatchObject({ keep: 0, running: false, items: [] });
    for (let n = 0; n < 4; n += 1) {
      own.jump(hour);
      await ask(plain, 'POST', cookieOf(await plain.logIn()));
      await service.idle();
    }
    expect((await service.show()).items).toHaveLength(3);
    // One that a stop meets leaves nothing behind.
    own.jump(hour);
    await ask(plain, 'POST', cookieOf(await plain.logIn()));
    const before = await readdir(path.join(plain.stateDir, 'backups'));
    await plain.hub.close();
    const after = await readdir(path.join(plain.stateDir, 'backups'));
    expect(after).toEqual(before.filter((name) => name.endsWith('.backup')));
  } finally {
    await plain.close();
  }
});
