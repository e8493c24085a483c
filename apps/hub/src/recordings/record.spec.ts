import type { RecordingFormat, Resize, StreamInfo, TimeMark } from '@roundhouse/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { record, type RecordingSource } from './record.js';

type Event = [time: number, code: string, data: string];

interface Kept {
  readonly bytes: Uint8Array;
  readonly oldest?: number;
  readonly resizes?: readonly Resize[];
  readonly marks?: readonly TimeMark[];
  readonly exit?: StreamInfo['exit'];
  /** Bytes that are gone, although they were promised. */
  readonly hole?: { readonly from: number; readonly to: number };
  readonly readBytes?: number;
}

const size = (offset: number, cols: number): Resize => ({ offset, cols, rows: 24 });

async function recorded(kept: Kept, format: RecordingFormat = 'v2') {
  const { bytes, oldest = 0, resizes = [size(0, 80)], marks = [], exit = null, hole, readBytes = 700 } = kept;
  const source: RecordingSource = {
    read: (from) => {
      const offset = hole && from >= hole.from && from < hole.to ? hole.to : from;
      const end = hole && from < hole.from ? hole.from : bytes.byteLength;
      return Promise.resolve({ offset, data: bytes.subarray(offset, Math.min(offset + readBytes, end)) });
    },
    times: (from) => {
      const first = marks.findLastIndex(({ offset }) => offset <= from);
      return Promise.resolve(first === marks.length - 1 ? [] : marks.slice(Math.max(0, first)).slice(0, 3));
    },
  };
  const info = { epoch: 1, oldest, head: bytes.byteLength, resizes: [...resizes], exit };
  let text = '';
  for await (const piece of record(source, { format, info, title: 'shop', timestamp: 1_767_225_600 })) {
    text += piece;
  }
  expect(text.endsWith('\n')).toBe(true);
  const [header, ...events] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown) as [Record<string, unknown>, ...Event[]];
  for (const event of events) {
    expect(event).toEqual([expect.any(Number), expect.stringMatching(/^[ormx]$/), expect.any(String)]);
    expect(event[0]).toBeGreaterThanOrEqual(0);
  }
  return { header, events };
}

const output = (events: readonly Event[]): string =>
  events.map(([, code, data]) => (code === 'o' ? data : '')).join('');
const others = (events: readonly Event[]) => events.filter(([, code]) => code !== 'o');

describe('a recording', () => {
  it('begins with the size, time and name, in the words of its version', async () => {
    const kept = { bytes: Buffer.from('hi'), exit: { exitCode: null, signal: 'SIGTERM' } };
    expect(await recorded(kept)).toEqual({
      header: {
        ...{ version: 2, width: 80, height: 24, timestamp: 1_767_225_600 },
        ...{ title: 'shop', env: { TERM: 'xterm-256color' } },
      },
      events: [[0, 'o', 'hi']],
    });
    expect(await recorded(kept, 'v3')).toEqual({
      header: {
        ...{ version: 3, term: { cols: 80, rows: 24, type: 'xterm-256color' } },
        ...{ timestamp: 1_767_225_600, title: 'shop' },
      },
      events: [
        [0, 'o', 'hi'],
        [0, 'x', '143'],
      ],
    });
  });

  it('holds any output whole, with sizes at their very bytes, however it is read', async () => {
    const letters = fc.constantFrom('a', 'é', '漢', '🚂', '\u001b[31m', '\r\n', '\u0000', '\ufeff', '"\\');
    const bytes = fc.oneof(
      fc.array(letters, { maxLength: 300 }).map((all) => Buffer.from(all.join(''))),
      fc.uint8Array({ maxLength: 300 }),
    );
    const cuts = fc.array(fc.nat(300), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(bytes, cuts, cuts, fc.integer({ min: 1, max: 400 }), async (all, at, marked, read) => {
        const resizes = [...at].sort((a, b) => a - b).map((offset, index) => size(offset, 100 + index));
        const marks = [...new Set(marked)]
          .sort((a, b) => a - b)
          .map((offset) => ({ offset, ms: offset * 7 }));
        const kept = { bytes: all, resizes: [size(0, 80), ...resizes], marks, readBytes: read };
        for (const format of ['v2', 'v3'] as const) {
          const { header, events } = await recorded(kept, format);
          expect(output(events)).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(all));
          const told = others(events).map(([, , data]) => data);
          const begun = resizes.filter(({ offset }) => offset === 0).at(-1)?.cols ?? 80;
          expect(format === 'v2' ? header['width'] : (header['term'] as { cols: number }).cols).toBe(begun);
          const due = resizes.filter(({ offset }) => offset > 0 && offset <= all.byteLength);
          expect(told).toEqual(due.map(({ cols }) => `${String(cols)}x24`));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('changes the size between the bytes where it changed', async () => {
    const bytes = Buffer.from('a'.repeat(1_000));
    const { events } = await recorded({ bytes, resizes: [size(0, 80), size(300, 90), size(1_000, 70)] });
    const before = (code: string): number =>
      output(
        events.slice(
          0,
          events.findIndex(([, , data]) => data === code),
        ),
      ).length;
    expect([before('90x24'), before('70x24')]).toEqual([300, 1_000]);
  });

  it('tells times from the marks: absolute in version 2, between events in version 3', async () => {
    const bytes = Buffer.from('a'.repeat(10_000));
    const marks = [
      { offset: 0, ms: 500 },
      { offset: 100, ms: 1_500 },
      { offset: 9_000, ms: 61_500 },
      { offset: 10_000, ms: 61_600 },
    ];
    const kept = { bytes, marks, readBytes: 65_536, exit: { exitCode: 3, signal: null } };
    const { events } = await recorded(kept);
    // 4 KiB after the mark at 100, which is followed by a minute of silence: within a second of it.
    expect(events.map(([at]) => at)).toEqual([0.5, 1.5, 1.96, 2.42, 61.5]);
    const { events: deltas } = await recorded(kept, 'v3');
    expect(deltas.map(([at, code]) => [at, code])).toEqual([
      ...[0.5, 1, 0.46, 0.46, 59.08].map((at) => [at, 'o']),
      [0.1, 'x'],
    ]);
  });

  it('marks what is gone, at the beginning and in the middle', async () => {
    const bytes = Buffer.from('a'.repeat(5_000));
    const { events } = await recorded({ bytes, oldest: 1_000, hole: { from: 2_000, to: 3_500 } });
    expect(output(events)).toHaveLength(2_500);
    expect(others(events)).toEqual([
      [0, 'm', '1000 bytes of output are not kept any more'],
      [0, 'm', '1500 bytes of output are not kept any more'],
    ]);
  });

  it('ends also when the host has nothing of what it promised', async () => {
    const { events } = await recorded({ bytes: Buffer.alloc(500), hole: { from: 100, to: 500 } });
    expect(others(events)).toEqual([[0, 'm', '400 bytes of output are not kept any more']]);
  });
});
