// Files of the state directory: whole or not at all; one daemon at a time.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bootId, processRef } from '../keeper/proc.js';
import { asNoSpace, readIfThere, readJsonFile, writeJsonFile } from './json-file.js';
import { lockStateDir } from './state-lock.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rh-state-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('a state file', () => {
  const schema = z.object({ n: z.number() });

  it('is read as it was written, for this user alone, with its directory made', async () => {
    const file = join(dir, 'a/b/c.json');
    await writeJsonFile(file, { n: 1 });
    await writeJsonFile(file, { n: 2 });
    expect(await readJsonFile(file, schema)).toEqual({ n: 2 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(dir, 'a/b'))).toEqual(['c.json']);
  });

  it('is null when missing or damaged, and an error when it cannot be read', async () => {
    expect(await readJsonFile(join(dir, 'none'), schema)).toBeNull();
    for (const text of ['', '{', '{"n":"1"}', 'null']) {
      writeFileSync(join(dir, 'x'), text);
      expect(await readJsonFile(join(dir, 'x'), schema)).toBeNull();
    }
    await expect(readJsonFile(dir, schema)).rejects.toThrow(/EISDIR/);
    await expect(readIfThere(dir)).rejects.toThrow(/EISDIR/);
  });

  it('that cannot be written is as before, and leaves no half file', async () => {
    const file = join(dir, 'target');
    mkdirSync(join(file, 'in the way'), { recursive: true });
    await expect(writeJsonFile(file, { n: 1 })).rejects.toThrow();
    expect(readdirSync(dir)).toEqual(['target']);
    expect(asNoSpace(file, Object.assign(new Error('x'), { code: 'ENOSPC' }))).toMatchObject({
      code: 'NO_SPACE',
    });
  });
});

describe('the lock of a state directory', () => {
  const lock = () => join(dir, 'daemon.lock');

  it('refuses the second, and is free again after the first', async () => {
    const release = await lockStateDir(dir);
    await expect(lockStateDir(dir)).rejects.toMatchObject({
      code: 'STATE_LOCKED',
      message: expect.stringContaining(`pid ${String(process.pid)}`),
    });
    await release();
    await (
      await lockStateDir(dir)
    )();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('goes to exactly one of many who come at once, also over a dead holder', async () => {
    for (const dead of [false, true, true, true, true, true]) {
      if (dead) writeFileSync(lock(), JSON.stringify({ pid: 999_999_999, startTime: 1, bootId: bootId() }));
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockStateDir(dir)));
      const won = results.filter((result) => result.status === 'fulfilled');
      expect(won).toHaveLength(1);
      for (const { value } of won) await value();
      expect(readdirSync(dir)).toEqual([]);
    }
  });

  it('is taken over from one that is dead, whose pid is another’s by now, of another boot, or half written', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      const ref = processRef(child.pid ?? 0);
      const own = { ...ref, bootId: bootId() };
      writeFileSync(lock(), JSON.stringify(own));
      await expect(lockStateDir(dir)).rejects.toMatchObject({ code: 'STATE_LOCKED' });
      for (const text of [
        JSON.stringify({ ...own, startTime: own.startTime - 1 }),
        JSON.stringify({ ...own, bootId: 'another' }),
        '{"pid":',
        '',
      ]) {
        writeFileSync(lock(), text);
        await (
          await lockStateDir(dir)
        )();
      }
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('is not given back by one who no longer has it', async () => {
    const release = await lockStateDir(dir);
    writeFileSync(lock(), 'of somebody else');
    await release();
    expect(readFileSync(lock(), 'utf8')).toBe('of somebody else');
  });
});
