import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isCheckpointDue, readCheckpoint, writeCheckpoint } from './checkpoint.js';

describe('a checkpoint', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rh-checkpoint-'));
  const file = join(dir, 'screen.checkpoint');
  const head = { offset: 7, cols: 80, rows: 24, scrollback: 3, exact: true, final: true };
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('is read as it was written, whole or not at all', async () => {
    expect(await readCheckpoint(dir)).toBeNull();
    const data = Buffer.from('\u001b[1mscreen\n\n');
    await writeCheckpoint(dir, { head, data });
    expect(await readCheckpoint(dir)).toMatchObject({ head, data });
    expect(readdirSync(dir)).toEqual(['screen.checkpoint']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const whole = readFileSync(file);
    for (const damaged of [
      whole.subarray(0, -1),
      Buffer.concat([whole, data]),
      Buffer.from('{}\nx'),
      Buffer.alloc(9_000),
    ]) {
      writeFileSync(file, damaged);
      expect(await readCheckpoint(dir)).toBeNull();
    }
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 3] = 0x40;
    writeFileSync(file, flipped);
    expect(await readCheckpoint(dir)).toBeNull();
  });

  it('is left as it was when there is no place to write', async () => {
    await expect(writeCheckpoint(join(dir, 'gone'), { head, data: Buffer.alloc(0) })).rejects.toThrow(
      /ENOENT/,
    );
  });
});

it('a checkpoint is due after much output, or some and a while, and never for a spinner that turns for a day', () => {
  const mib = 1024 * 1024;
  expect(isCheckpointDue(16 * mib, 1_000)).toBe(true);
  expect(isCheckpointDue(16 * mib, 500)).toBe(false);
  expect(isCheckpointDue(2 * mib, 30_000)).toBe(true);
  expect(isCheckpointDue(2 * mib, 5_000)).toBe(false);
  expect(isCheckpointDue(500_000, 24 * 3_600_000)).toBe(false);
});
