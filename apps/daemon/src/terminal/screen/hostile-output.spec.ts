// Output that is meant to break a terminal, or happens to: nothing is thrown, nothing grows without bound.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkInternals, coreOf } from './xterm-internals.js';
import { Emulator } from './emulator.js';
import { sequenceMaxBytes, SequenceTail } from './sequence-tail.js';
import { screenState } from './testing/screen-state.js';
import { streams } from './testing/streams.js';
import { wholeLength } from './utf8-hold.js';

const esc = '\u001b';
const MiB = 1024 * 1024;
const open = (cols = 80, rows = 24): Emulator => new Emulator({ cols, rows, scrollback: 100 });

/** In pieces, as it comes. */
function feed(emulator: Emulator, bytes: Uint8Array, piece = 64 * 1024): void {
  for (let at = 0; at < bytes.length; at += piece) emulator.write(bytes.subarray(at, at + piece));
}
const text = (emulator: Emulator): string =>
  emulator.term.buffer.active.getLine(0)?.translateToString(true) ?? '';

describe('hostile output', () => {
  it.each([
    ['OSC 0', `${esc}]0;`, '\u0007'],
    ['OSC 52', `${esc}]52;c;`, `${esc}\\`],
    ['DCS', `${esc}P$q`, `${esc}\\`],
    ['APC', `${esc}_`, `${esc}\\`],
  ])('R:B11 T:T19 10 MB of %s without an end: bounded, and its end is still found', (_, begin, end) => {
    const emulator = open();
    feed(emulator, Buffer.from(`before${begin}`));
    feed(emulator, Buffer.alloc(10 * MiB, 'x'));
    const { data } = emulator.snapshot(100);
    expect(data.length).toBeLessThan(2 * sequenceMaxBytes);
    const late = open();
    late.write(data);
    for (const one of [emulator, late]) {
      feed(one, Buffer.alloc(1_000, 'y'));
      feed(one, Buffer.from(`${end} after`));
      expect(text(one)).toBe('before after');
      expect(one.title.length).toBeLessThan(100);
      expect(one.faults).toBe(0);
    }
    expect(screenState(late, 0)).toEqual(screenState(emulator, 0));
  });

  it('R:B11 a sequence of 1,000 colours, a line of 5,000 columns, a pile of accents', () => {
    const emulator = open(200, 50);
    feed(
      emulator,
      Buffer.from(
        `${esc}[${Array.from({ length: 1_000 }, (_, n) => `38;5;${String(n % 256)}`).join(';')}mred`,
      ),
    );
    feed(emulator, Buffer.from(`\r\n${'long '.repeat(1_000)}\r\ne${'\u0301'.repeat(100_000)}\r\nend`));
    const { data } = emulator.snapshot(100);
    expect(data.length).toBeLessThan(100_000);
    expect(emulator.faults).toBe(0);
    expect(text(emulator)).toBe('red');
  });

  it.each(['b', 'L', 'M', 'S', 'T', 'I', 'Z', '@', 'P', 'X', 'A', 'C', 'E', ' @', ' A', "'}"])(
    'R:B11 T:T19 a billion times CSI %s takes no time',
    (final) => {
      const emulator = open();
      feed(emulator, Buffer.from(`text${esc}[2147483647${final}`));
      feed(emulator, Buffer.from(`${esc}[Hafter`));
      expect(text(emulator).startsWith('after')).toBe(true);
      expect(emulator.faults).toBe(0);
    },
    2_000,
  );

  it('a screen of the largest size in the worst of looks still fits into a snapshot', () => {
    const emulator = new Emulator({ cols: 1_000, rows: 500, scrollback: 10 });
    let worst = '';
    for (let cell = 0; cell < 500_000; cell += 1) {
      worst += `${esc}[1;3;4:3;9;38;2;${String(cell % 255)};9;9;48;2;${String(cell % 254)};1;200m\u4e00`;
    }
    feed(emulator, Buffer.from(worst));
    expect(emulator.snapshot(10_000).data.length).toBeLessThan(4 * MiB);
  }, 60_000);

  it('T:T19 any bytes at all', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }),
      fc
        .array(
          fc.constantFrom(
            0x1b,
            0x5b,
            0x5d,
            0x50,
            0x3b,
            0x31,
            0x39,
            0x07,
            0x9b,
            0xc2,
            0xe2,
            0x80,
            0x6d,
            0x48,
            0x18,
          ),
          {
            maxLength: 2_000,
          },
        )
        .map((all) => Uint8Array.from(all)),
    );
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 50 }), (all, piece) => {
        const emulator = open(20, 5);
        feed(emulator, all, piece);
        const copy = open(20, 5);
        copy.write(emulator.snapshot(100).data);
        expect(emulator.faults + copy.faults).toBe(0);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it('R:D12 the same screen however the output is cut', () => {
    fc.assert(
      fc.property(streams, fc.integer({ min: 1, max: 7 }), (bytes, piece) => {
        const [whole, cut] = [open(30, 8), open(30, 8)];
        whole.write(bytes);
        feed(cut, bytes, piece);
        expect(screenState(cut, 100)).toEqual(screenState(whole, 100));
      }),
      { numRuns: 300, seed: 9 },
    );
  });
});

describe('characters that are cut', () => {
  it('wait for their end; what is no character does not', () => {
    const dash = Buffer.from('—');
    expect([0, 1, 2, 3].map((length) => wholeLength(dash.subarray(0, length)))).toEqual([0, 0, 0, 3]);
    expect(wholeLength(Buffer.from([0x41, 0xf0, 0x9f, 0x98]))).toBe(1);
    expect(wholeLength(Buffer.from([0x80, 0x80, 0x80, 0x80]))).toBe(4);
    expect(wholeLength(Buffer.from([0xe2, 0x41]))).toBe(2);
    expect(wholeLength(Buffer.from([0xff, 0xfe]))).toBe(2);
  });
});

describe('the sequence under way', () => {
  it('is kept from its beginning, without what had its effect already', () => {
    const tail = new SequenceTail();
    expect(tail.after(Buffer.from(`text${esc}[1\n;`), 4)).toBeNull();
    expect(Buffer.from(tail.bytes).toString()).toBe(`${esc}[1;`);
    expect(tail.after(Buffer.from('3\r'), 4)).toBeNull();
    expect(Buffer.from(tail.bytes).toString()).toBe(`${esc}[1;3`);
    tail.after(Buffer.from('m'), 0);
    expect(tail.bytes).toHaveLength(0);
    tail.after(Buffer.from('x\u009d0;t'), 8);
    expect(Buffer.from(tail.bytes).toString()).toBe('\u009d0;t');
  });
});

describe('the insides of the emulator', () => {
  it('are those that snapshots were written for, and a change is noticed', () => {
    const { core, term } = open();
    expect(checkInternals(core)).toEqual([]);
    expect(coreOf(term)).toBe(core);
    expect(checkInternals({ ...core, coreService: {} })).toContain('coreService.isCursorHidden');
    expect(checkInternals(undefined)).toContain('lines of cells');
  });
});
