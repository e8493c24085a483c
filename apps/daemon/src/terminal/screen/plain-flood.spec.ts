import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Emulator } from './emulator.js';
import { plainFlood } from './plain-flood.js';
import { screenState } from './testing/screen-state.js';
import { probe, streams } from './testing/streams.js';

const scrollback = 30;
const size = { cols: 20, rows: 5 };
const kept = 2 * (scrollback + size.rows);

/** Lines of any length, most ended by CR LF, some by LF alone, and lone carriage returns. */
const plain = fc
  .array(
    fc.tuple(
      fc.string({
        unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)),
        maxLength: 50,
      }),
      fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r', '\r\n\r\n'),
    ),
    { minLength: 60, maxLength: 400, size: 'max' },
  )
  .map((lines) => Buffer.from(lines.map((line) => line.join('')).join('')));

describe('a flood of plain lines', () => {
  it('leaves the same screen, scrollback and state when its middle is left out', () => {
    let leftOut = 0;
    fc.assert(
      fc.property(streams, plain, (before, flood) => {
        const whole = new Emulator({ ...size, scrollback });
        whole.write(before);
        if (!whole.onlyScrolls) return;
        const some = new Emulator({ ...size, scrollback });
        some.write(before);
        whole.write(flood);
        const part = plainFlood(flood, { before: size.rows, after: kept });
        if (!part) return;
        leftOut += 1;
        some.write(flood.subarray(0, part.from));
        some.write(flood.subarray(part.to));
        expect(screenState(some, scrollback)).toEqual(screenState(whole, scrollback));
        for (const emulator of [some, whole]) emulator.write(Buffer.from(probe));
        expect(screenState(some, scrollback)).toEqual(screenState(whole, scrollback));
      }),
      { numRuns: 400, seed: 5 },
    );
    expect(leftOut).toBeGreaterThan(50);
  });

  it('is not one with anything but printable ASCII and line ends before it', () => {
    const lines = Buffer.from('y\r\n'.repeat(500));
    expect(plainFlood(lines, { before: 5, after: 70 })).toEqual({ from: 15, to: 1500 - 3 * 70 });
    for (const other of ['\u001b[31m', '\t', '\u0007', 'é', '\u000e', '\b']) {
      const mixed = Buffer.concat([Buffer.from(`y\r\n${other}`), lines]);
      expect(plainFlood(mixed, { before: 5, after: 70 })).toBeNull();
    }
  });

  it('ends before the first byte that is another', () => {
    const flood = Buffer.from(`${'y\r\n'.repeat(300)}\u001b[31m${'y\r\n'.repeat(300)}`);
    expect(plainFlood(flood, { before: 5, after: 70 })).toEqual({ from: 15, to: 900 - 3 * 70 });
  });

  it('has too few lines to leave one out', () => {
    expect(plainFlood(Buffer.from('y\r\n'.repeat(75)), { before: 5, after: 70 })).toBeNull();
    expect(plainFlood(Buffer.from('y\n'.repeat(500)), { before: 5, after: 70 })).toBeNull();
  });
});
