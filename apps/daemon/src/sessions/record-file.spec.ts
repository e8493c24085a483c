// The record of a session on disk: the newest wins, in whatever order changes and slow writes come.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordFile } from './record-file.js';
import type { SessionRecord } from './session-record.js';

const record = { cols: 0, rows: 0 } as SessionRecord;

/** A disk whose writes end when the test says so. */
function rig() {
  const disk = { value: record, writes: 0, waiting: [] as (() => void)[], failNext: false };
  const dir = {
    write: async (value: SessionRecord): Promise<void> => {
      disk.writes += 1;
      await new Promise<void>((resolve) => disk.waiting.push(resolve));
      if (disk.failNext) {
        disk.failNext = false;
        throw new Error('no space');
      }
      disk.value = value;
    },
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  const finishOne = async (): Promise<void> => {
    await settle();
    disk.waiting.shift()?.();
    await settle();
  };
  return { disk, file: new RecordFile(dir, record), settle, finishOne };
}

describe('a record', () => {
  it('is one write behind at most, however many changes come during one', async () => {
    const { disk, file, finishOne } = rig();
    const updates = Array.from({ length: 100 }, (_, n) => file.update({ cols: n + 1 }));
    expect(file.value.cols).toBe(100);
    await finishOne();
    const late = file.update({ cols: 101 });
    await finishOne();
    await Promise.all([...updates, late]);
    expect(disk).toMatchObject({ writes: 2, value: { cols: 101 } });
  });

  it('says when a write failed, and writes everything with the next', async () => {
    const { disk, file, finishOne } = rig();
    disk.failNext = true;
    const failed = file.update({ cols: 1 });
    await Promise.all([expect(failed).rejects.toThrow('no space'), finishOne()]);
    const next = file.update({ rows: 2 });
    await finishOne();
    await next;
    expect(disk.value).toMatchObject({ cols: 1, rows: 2 });
  });

  it('writes nothing any more once it is closed', async () => {
    const { disk, file, settle, finishOne } = rig();
    const first = file.update({ cols: 1 });
    await settle();
    const second = file.update({ cols: 2 });
    const closed = file.close();
    await finishOne();
    await Promise.all([first, second, closed]);
    await file.update({ cols: 3 });
    expect(disk).toMatchObject({ writes: 1, value: { cols: 1 } });
  });

  it('a change whose promise has resolved is on disk, and at the end so is the last', async () => {
    const step = fc.oneof(fc.constant('update'), fc.constant('finish'));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { disk, file, settle, finishOne } = rig();
        let count = 0;
        const done: Promise<void>[] = [];
        for (const what of steps) {
          if (what === 'finish') await finishOne();
          else {
            const mine = (count += 1);
            done.push(
              file.update({ cols: mine }).then(() => {
                expect(disk.value.cols).toBeGreaterThanOrEqual(mine);
              }),
            );
            await settle();
          }
        }
        for (let left = 0; left < 3; left += 1) await finishOne();
        await Promise.all(done);
        expect(disk.value.cols).toBe(count);
      }),
    );
  });
});
