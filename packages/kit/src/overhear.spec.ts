// What is read the short way is handled in its place among what goes the long way.
import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overhear } from './overhear.js';

/** As Socket.IO: what it is given is handled in the next tick. */
function rig() {
  const handled: string[] = [];
  const connection = new EventEmitter();
  const theirs = (data: unknown): void => {
    process.nextTick(() => handled.push(`long ${String(data)}`));
  };
  connection.on('data', theirs);
  overhear(connection, (data) =>
    String(data).startsWith('s') ? () => handled.push(`short ${String(data)}`) : null,
  );
  return { handled, connection };
}
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a connection that is overheard', () => {
  it('handles what is read at once, and leaves the rest to those who listened', async () => {
    const { handled, connection } = rig();
    connection.emit('data', 's1');
    expect(handled).toEqual(['short s1']);
    connection.emit('data', 'l2');
    expect(handled).toEqual(['short s1']);
    await tick();
    expect(handled).toEqual(['short s1', 'long l2']);
    expect(connection.listenerCount('data')).toBe(1);
  });

  it('keeps every order, however many come in one turn', async () => {
    const turns = fc.array(fc.array(fc.constantFrom('s', 'l'), { maxLength: 6 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(turns, async (each) => {
        const { handled, connection } = rig();
        let count = 0;
        for (const turn of each) {
          for (const kind of turn) connection.emit('data', `${kind}${String((count += 1))}`);
          await tick();
        }
        expect(handled.map((text) => Number(text.slice(text.indexOf(' ') + 2)))).toEqual(
          Array.from({ length: count }, (_, at) => at + 1),
        );
      }),
    );
  });

  it('copies the list of listeners, which some emitters hand out themselves', () => {
    const listeners: ((data: unknown) => void)[] = [];
    const heard: unknown[] = [];
    const connection = {
      listeners: () => listeners,
      on: (_: 'data', listener: (data: unknown) => void) => listeners.push(listener),
      off: (_: 'data', listener: (data: unknown) => void) => listeners.splice(listeners.indexOf(listener), 1),
    };
    connection.on('data', (data) => heard.push(data));
    overhear(connection, () => null);
    for (const listener of [...listeners]) listener('x');
    expect(heard).toEqual(['x']);
  });
});
