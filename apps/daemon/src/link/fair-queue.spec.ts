// Order within a session, turns between sessions, and precedence of those that are typed into.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue, interactiveBytes, quantumBytes, typedForMs } from './fair-queue.js';

interface Piece {
  readonly key: string;
  readonly number: number;
  readonly bytes: number;
}

const key = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('push'), key, n: fc.nat(quantumBytes) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take'), key, n: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('type'), key, n: fc.nat(2 * typedForMs) }) },
);

describe('FairQueue', () => {
  it('loses, repeats and reorders nothing within a session, and lets nobody starve', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new FairQueue<Piece>();
        const pushed = new Map<string, number>();
        const taken = new Map<string, number>();
        const waited = new Map<string, number>();
        let now = 0;
        const take = (): boolean => {
          const waiting = [...pushed.keys()].filter((each) => queue.bytesOf(each) > 0);
          const piece = queue.take(now);
          if (!piece) return false;
          expect(piece.number).toBe(taken.get(piece.key) ?? 0);
          taken.set(piece.key, piece.number + 1);
          for (const each of waiting) {
            const bytes = each === piece.key ? 0 : (waited.get(each) ?? 0) + piece.bytes;
            waited.set(each, bytes);
            // A turn and its last piece for each of the three others, and a quantum with its last piece in between.
            expect(bytes).toBeLessThanOrEqual(12 * quantumBytes);
          }
          return true;
        };
        for (const { do: what, key: at, n } of steps) {
          if (what === 'push') {
            const number = pushed.get(at) ?? 0;
            pushed.set(at, number + 1);
            queue.push(at, n, { key: at, number, bytes: n });
          } else if (what === 'take') for (let count = 0; count < n; count += 1) take();
          else queue.typed(at, (now += n));
        }
        while (take()) now += 1;
        expect(queue.isEmpty).toBe(true);
        expect([...taken]).toEqual(expect.arrayContaining([...pushed]));
      }),
    );
  });

  it('lets the session that is typed into pass a flood, while it is not one itself', () => {
    const queue = new FairQueue<string>();
    for (let number = 0; number < 4; number += 1)
      queue.push('flood', quantumBytes, `flood ${String(number)}`);
    queue.push('shell', 100, 'echo');
    expect(queue.take(0)).toBe('flood 0');
    queue.push('shell', 100, 'more');
    queue.typed('shell', 10);
    expect([queue.take(20), queue.take(20), queue.take(20)]).toEqual(['echo', 'more', 'flood 1']);
    queue.push('shell', interactiveBytes + 1, 'paste');
    expect(queue.take(30)).toBe('flood 2');
    expect([queue.take(40), queue.take(40)]).toEqual(['paste', 'flood 3']);
  });

  it('forgets a second later that somebody typed', () => {
    const queue = new FairQueue<string>();
    queue.typed('shell', 0);
    queue.push('flood', 1, 'flood');
    queue.push('shell', 1, 'late');
    expect(queue.take(typedForMs)).toBe('flood');
  });

  it('gives each session a quantum in its turn', () => {
    const queue = new FairQueue<string>();
    for (let number = 0; number < 4; number += 1) {
      queue.push('one', quantumBytes / 2, 'one');
      queue.push('two', quantumBytes / 2, 'two');
    }
    const order = Array.from({ length: 8 }, () => queue.take(0));
    expect(order).toEqual(['one', 'one', 'two', 'two', 'one', 'one', 'two', 'two']);
  });
});
