// Order within a session, turns between sessions, and precedence of those that are typed into.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { othersPerMs, typedForMs } from '../terminal/typing.js';
import { FairQueue, interactiveBytes, quantumBytes } from './fair-queue.js';

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
          // At the speed that the others have while somebody types: then everybody has a turn.
          now += quantumBytes / othersPerMs;
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
        while (!queue.isEmpty) take();
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
    expect(queue.take(60)).toBe('flood 2');
    expect([queue.take(100), queue.take(100)]).toEqual(['paste', 'flood 3']);
  });

  it('lets the others send a few megabytes a second while somebody types, and all they can afterwards', () => {
    const queue = new FairQueue<string>();
    const sent = (from: number, ms: number): number =>
      Array.from({ length: ms }, (_, at) => queue.take(from + at)).filter((item) => item !== null).length;
    for (let number = 0; number < 200; number += 1) queue.push('flood', quantumBytes, 'flood');
    queue.typed('shell', 0);
    expect(sent(0, 800)).toBe((800 * othersPerMs) / quantumBytes);
    expect(sent(typedForMs, 100)).toBe(100);
    // Who is typed into is not held back by its own keys.
    queue.typed('flood', 2_000);
    expect(sent(2_000, 20)).toBe(20);
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
