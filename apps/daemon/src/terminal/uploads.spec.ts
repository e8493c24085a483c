import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@roundhouse/kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { harmlessName, sessionUploadsMaxBytes, Uploads } from './uploads.js';

describe('pasted files', () => {
  let base = '';
  let dir = '';
  let clock: ManualClock;
  let uploads: Uploads;
  const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const piece = (n: number, offset: number, text: string, size = 6) =>
    uploads.write(dir, { uploadId: id(n), name: 'shot.png', size, offset, data: Buffer.from(text) });

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'rh-uploads-'));
    dir = join(base, 'uploads');
    clock = new ManualClock();
    uploads = new Uploads(clock);
  });
  afterEach(() => {
    uploads.dispose();
    rmSync(base, { recursive: true, force: true });
  });

  it('come in pieces, in order, for this user alone, each with a name of its own', async () => {
    expect(await piece(1, 0, 'abc')).toEqual({ received: 3, path: null });
    expect(readdirSync(dir)).toEqual([`.${id(1)}.part`]);
    const path = join(dir, 'shot.png');
    expect(await piece(1, 3, 'def')).toEqual({ received: 6, path });
    expect(readFileSync(path, 'utf8')).toBe('abcdef');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect((await piece(2, 0, '123456')).path).toBe(join(dir, 'shot-2.png'));
    // The answer to the last piece was lost.
    expect(await piece(1, 3, 'def')).toEqual({ received: 6, path });
  });

  it('are refused out of order, longer than said, or changed on the way', async () => {
    await expect(piece(1, 3, 'def')).rejects.toMatchObject({ code: 'OFFSET_INVALID' });
    await piece(1, 0, 'abc');
    await expect(piece(1, 4, 'ef')).rejects.toMatchObject({
      code: 'OFFSET_INVALID',
      details: { received: 3 },
    });
    await expect(piece(1, 3, 'defg')).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    await expect(piece(1, 3, 'de', 5)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await piece(1, 3, 'def')).toMatchObject({ received: 6 });
  });

  it('have a room for each session, and what is begun and left goes away', async () => {
    await expect(piece(1, 0, 'a', sessionUploadsMaxBytes + 1)).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    });
    await piece(2, 0, 'abc');
    writeFileSync(join(dir, `.${id(9)}.part`), 'of an earlier daemon');
    await piece(3, 0, 'abcdef');
    expect(readdirSync(dir).sort()).toEqual([`.${id(2)}.part`, 'shot.png']);
    clock.advance(10 * 60_000);
    await expect(piece(2, 3, 'def')).rejects.toMatchObject({
      code: 'OFFSET_INVALID',
      details: { received: 0 },
    });
    expect((await piece(4, 0, 'abcdef')).path).toBe(join(dir, 'shot-2.png'));
    expect(readdirSync(dir).some((name) => name.endsWith('.part'))).toBe(false);
  });

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\My shot.PNG', 'My-shot.PNG'],
    ['$(touch x) `id`;.txt', 'touch-x-id-.txt'],
    ['..', 'file'],
    ['.bashrc', 'bashrc'],
    ['-rf', 'rf'],
    ['\u202egnp.exe\n', 'gnp.exe'],
    ['Übersicht 漢字.pdf', 'Übersicht-漢字.pdf'],
    [`${'x'.repeat(300)}.png`, `${'x'.repeat(80)}.png`],
  ])('are called harmlessly: %j', (wanted, name) => {
    expect(harmlessName(wanted)).toBe(name);
  });
});
