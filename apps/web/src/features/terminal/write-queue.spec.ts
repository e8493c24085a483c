// Order at the emulator: sizes and resets wait for what came before them; nothing is lost between frames.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from './stream.js';
import { WriteQueue, type Parsed, type Sink } from './write-queue.js';

class FakeSink implements Sink {
  readonly log: string[] = [];
  readonly pending: (() => void)[] = [];
  write(data: Uint8Array, parsed: () => void) {
    this.log.push(new TextDecoder().decode(data));
    this.pending.push(parsed);
  }
  resize(cols: number, rows: number) {
    this.log.push(`${cols}x${rows} after ${this.pending.length} unparsed`);
  }
  reset() {
    this.log.push('reset');
  }
  redraw({ data }: { data: Uint8Array }, parsed: () => void) {
    this.log.push(`redraw ${new TextDecoder().decode(data)}`);
    this.pending.push(parsed);
  }
  breakOff() {
    this.log.push('break');
  }
}

function setup() {
  const sink = new FakeSink();
  const parsed: Parsed[] = [];
  // One piece at a time.
  const queue = new WriteQueue(sink, (at) => parsed.push(at), 1);
  const settle = (): void => {
    while (sink.pending.length > 0) sink.pending.shift()?.();
  };
  return { sink, parsed, queue, settle };
}
const write = (text: string, upTo: number): Step => ({
  do: 'write',
  data: new TextEncoder().encode(text),
  epoch: 1,
  upTo,
});

describe('WriteQueue', () => {
  it('writes the first piece at once, and joins what comes while the emulator reads', () => {
    const { sink, queue, parsed, settle } = setup();
    queue.push([write('a', 1)]);
    queue.push([write('b', 2)]);
    queue.push([write('c', 3)]);
    expect(sink.log).toEqual(['a']);
    sink.pending.shift()?.();
    expect(sink.log).toEqual(['a', 'bc']);
    expect(queue.idle).toBe(false);
    settle();
    expect(parsed.map(({ offset }) => offset)).toEqual([1, 3]);
    expect(queue.idle).toBe(true);
  });

  it('cuts a flood into pieces that are read in a moment', () => {
    const { sink, queue, settle, parsed } = setup();
    queue.push([write('x'.repeat(100_000), 100_000)]);
    settle();
    expect(Math.max(...sink.log.map((piece) => piece.length))).toBe(32 * 1024);
    expect(sink.log.join('')).toHaveLength(100_000);
    expect(parsed.at(-1)?.offset).toBe(100_000);
  });

  it('resizes between the bytes before and after it', () => {
    const { sink, queue } = setup();
    queue.push([write('old', 3), { do: 'resize', cols: 90, rows: 20 }, write('new', 6)]);
    expect(sink.log).toEqual(['old']);
    sink.pending.shift()?.();
    expect(sink.log).toEqual(['old', '90x20 after 0 unparsed', 'new']);
  });

  it('writes up to a limit exactly, and the rest once it is lifted', () => {
    const { sink, queue, parsed, settle } = setup();
    queue.limit(3);
    queue.push([write('abcde', 5), write('fgh', 8)]);
    settle();
    expect([sink.log, parsed.at(-1)?.offset, queue.waiting]).toEqual([['abc'], 3, 5]);
    queue.limit(6);
    settle();
    expect([sink.log.join(''), parsed.at(-1)?.offset]).toEqual(['abcdef', 6]);
    queue.limit(null);
    settle();
    expect([sink.log.join(''), parsed.at(-1)?.offset, queue.idle]).toEqual(['abcdefgh', 8, true]);
  });

  it('draws nothing that a new screen would wipe', () => {
    const { sink, queue, settle } = setup();
    queue.push([write('a', 1)]);
    queue.push([write('b', 2), write('c', 3)]);
    queue.push([
      { do: 'redraw', cols: 80, rows: 24, data: new TextEncoder().encode('S'), epoch: 1, upTo: 9 },
    ]);
    queue.push([write('d', 10)]);
    settle();
    // What had been handed over before is drawn, what waited is not.
    expect(sink.log).toEqual(['a', 'redraw S', 'd']);
  });

  it('R:D12 hands over whole characters only', () => {
    const { sink, queue } = setup();
    const all = new TextEncoder().encode('a—b');
    queue.push([{ do: 'write', data: all.subarray(0, 3), epoch: 1, upTo: 3 }]);
    queue.push([{ do: 'write', data: all.subarray(3), epoch: 1, upTo: 5 }]);
    sink.pending.shift()?.();
    expect(sink.log).toEqual(['a', '—b']);
  });

  it('counts as idle for acknowledgements while only a size waits', () => {
    const { sink, queue, parsed } = setup();
    const idle: boolean[] = [];
    queue.push([write('x', 1), { do: 'resize', cols: 90, rows: 20 }]);
    sink.pending.shift()?.();
    idle.push(queue.idle);
    expect([idle, parsed.length]).toEqual([[true], 1]);
  });

  it('does nothing any more once it is closed', () => {
    const { sink, queue, parsed, settle } = setup();
    queue.push([write('a', 1), write('b', 2)]);
    queue.close();
    settle();
    queue.push([write('c', 3)]);
    expect([parsed.length, sink.log.length]).toEqual([0, 1]);
  });

  it('hands over all bytes in order, under any rhythm of parsing', () => {
    const moves = fc.array(fc.constantFrom('push', 'parse', 'size'), { maxLength: 80 });
    fc.assert(
      fc.property(moves, (plan) => {
        const { sink, queue, parsed, settle } = setup();
        let at = 0;
        for (const move of plan) {
          if (move === 'push') queue.push([write(String(at % 10), (at += 1))]);
          else if (move === 'size') queue.push([{ do: 'resize', cols: 20 + at, rows: 9 }]);
          else sink.pending.shift()?.();
        }
        settle();
        const text = sink.log.filter((entry) => !entry.includes('x')).join('');
        expect(text).toBe(Array.from({ length: at }, (_, i) => String(i % 10)).join(''));
        expect(sink.log.every((entry) => !entry.includes('x') || entry.endsWith('after 0 unparsed'))).toBe(
          true,
        );
        expect(parsed.at(-1)?.offset ?? 0).toBe(at);
        expect(queue.idle).toBe(true);
      }),
    );
  });
});
