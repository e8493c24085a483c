import { ManualClock } from '@roundhouse/kit';
import { describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.js';

const make = (
  gatherMs: number,
  fail: (items: readonly number[]) => boolean = () => false,
  enough?: number,
) => {
  const clock = new ManualClock();
  const groups: number[][] = [];
  const commits = new GroupCommit<number>({
    clock,
    gatherMs,
    ...(enough !== undefined && { enough }),
    commit: async (items) => {
      groups.push([...items]);
      await Promise.resolve();
      if (fail(items)) throw new Error(`not ${items.join()}`);
    },
  });
  return { clock, groups, commits };
};
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

describe('writes that wait', () => {
  it('are one group while another is being written, in their order', async () => {
    const { commits, groups } = make(0);
    const first = commits.add(1);
    await settle();
    const others = [2, 3, 4].map((item) => commits.add(item));
    await Promise.all([first, ...others]);
    expect(groups).toEqual([[1], [2, 3, 4]]);
  });

  it('gather for a moment, unless somebody is in a hurry', async () => {
    const { clock, commits, groups } = make(25);
    const gathered = [1, 2].map((item) => commits.add(item));
    await settle();
    expect(groups).toEqual([]);
    clock.advance(25);
    await Promise.all(gathered);
    const third = commits.add(3);
    let ran = false;
    await commits.run(() => {
      ran = true;
      return Promise.resolve();
    });
    await third;
    expect([groups, ran]).toEqual([[[1, 2], [3]], true]);
  });

  it('gather no longer than until they are enough, and the next ones gather again', async () => {
    const { clock, commits, groups } = make(25, () => false, 3);
    const all = [1, 2, 3, 4].map((item) => commits.add(item));
    await Promise.all(all);
    expect(groups).toEqual([[1, 2, 3, 4]]);
    const fifth = commits.add(5);
    await settle();
    expect(groups).toHaveLength(1);
    clock.advance(25);
    await fifth;
  });

  it('fail together, and the next group is not hurt', async () => {
    const { commits } = make(0, (items) => items.includes(2));
    const outcomes = await Promise.allSettled([1, 2].map((item) => commits.add(item)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await commits.add(3);
  });
});
