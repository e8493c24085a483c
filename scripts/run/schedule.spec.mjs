import { describe, expect, it } from 'vitest';
import { runInOrder } from './schedule.mjs';

const step = (name, ...after) => ({ name, after });

describe('runInOrder', () => {
  it('starts a step only after those it comes after, two at a time', async () => {
    const log = [];
    let running = 0;
    let most = 0;
    const steps = [step('c', 'a'), step('a'), step('b'), step('d')];
    await runInOrder(steps, async ({ name }) => {
      most = Math.max(most, ++running);
      log.push(name);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return true;
    });
    expect(log.indexOf('c')).toBeGreaterThan(log.indexOf('a'));
    expect(most).toBe(2);
    expect(log).toHaveLength(4);
  });

  it('does not run what comes after a failure, and runs the rest', async () => {
    const steps = [step('a'), step('b', 'a'), step('c', 'b'), step('d')];
    const outcome = await runInOrder(steps, async ({ name }) => name !== 'a');
    expect(Object.fromEntries(outcome)).toEqual({ a: 'failed', b: 'not run', c: 'not run', d: 'passed' });
  });

  it('takes a step that is not among those asked for as done', async () => {
    const outcome = await runInOrder([step('b', 'a')], async () => true);
    expect(outcome.get('b')).toBe('passed');
  });

  it('names steps that wait for each other', async () => {
    await expect(runInOrder([step('a', 'b'), step('b', 'a')], async () => true)).rejects.toThrow('a, b');
  });
});
