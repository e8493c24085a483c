import { describe, expect, it } from 'vitest';
import { Disposer } from './disposable.js';

describe('an owner of resources', () => {
  it('releases the last first, waits for each, once', async () => {
    const order: string[] = [];
    const owner = new Disposer();
    owner.add(() => void order.push('first'));
    owner.add(async () => {
      await Promise.resolve();
      order.push('second');
    });
    await Promise.all([owner.dispose(), owner.dispose()]);
    expect(order).toEqual(['second', 'first']);
    expect(owner.disposed).toBe(true);
  });

  it('tries everything, then tells all that went wrong', async () => {
    let released = false;
    const owner = new Disposer();
    owner.add(() => {
      released = true;
    });
    owner.add(() => Promise.reject(new Error('stuck')));
    owner.add(() => {
      throw new Error('broken');
    });
    await expect(owner.dispose()).rejects.toMatchObject({
      errors: [{ message: 'broken' }, { message: 'stuck' }],
    });
    expect(released).toBe(true);
  });

  it('releases at once what is added too late, and a failure of that harms nobody', async () => {
    const owner = new Disposer();
    await owner.dispose();
    let released = 0;
    owner.add(() => {
      released += 1;
      throw new Error('nobody hears it');
    });
    owner.add(() => Promise.reject(new Error('nor this')));
    expect(released).toBe(1);
  });
});
