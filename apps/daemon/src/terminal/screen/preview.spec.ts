import { previewSchema } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { Emulator } from './emulator.js';
import { bottomText, previewOf, screenText } from './preview.js';
import { themeColour } from './theme-colour.js';
import { streams } from './testing/streams.js';
import { colour } from './xterm-internals.js';
import fc from 'fast-check';

const esc = '\u001b';
const after = (output: string): Emulator => {
  const emulator = new Emulator({ cols: 40, rows: 10, scrollback: 10 });
  emulator.write(Buffer.from(output));
  return emulator;
};

describe('a preview', () => {
  it('is the last lines that are not blank, as runs of one look', () => {
    const lines = Array.from({ length: 7 }, (_, n) => `line ${String(n)}`).join('\r\n');
    const styled = `\r\n${esc}[1;32mgreen${esc}[0m plain ${esc}[2;38;2;255;0;0mred${esc}[0m\r\n\r\n`;
    const { lines: shown, title } = previewOf(after(`${esc}]0;\u202eA title\u0007${lines}${styled}`), 3);
    expect(shown).toHaveLength(6);
    expect(shown[0]).toEqual([{ text: 'line 2' }]);
    expect(shown[5]).toEqual([
      { text: 'green', colour: 2, bold: true },
      { text: ' plain ' },
      { text: 'red', colour: 9, dim: true },
    ]);
    expect(title).toBe('A title');
  });

  it('hides what is hidden, keeps gaps within a line, and is empty for an empty screen', () => {
    expect(previewOf(after(`a${esc}[8msecret${esc}[0mb${esc}[5Cc`), 1).lines).toEqual([
      [{ text: 'a      b     c' }],
    ]);
    expect(previewOf(after(''), 1)).toEqual({ epoch: 1, lines: [], title: null });
    expect(screenText(after('x 世界\r\ny')).slice(0, 3)).toEqual(['x 世界', 'y', '']);
    expect(bottomText(after('x 世界\r\ny'), 9)).toEqual('x 世界\ny');
  });

  it('is always what the wire takes', () => {
    fc.assert(
      fc.property(streams, (bytes) => {
        const emulator = new Emulator({ cols: 300, rows: 8, scrollback: 0 });
        emulator.write(bytes);
        expect(previewSchema.safeParse(previewOf(emulator, 1)).success).toBe(true);
      }),
      { numRuns: 100, seed: 2 },
    );
  });
});

describe('a colour of the theme', () => {
  it.each([
    [0, null],
    [colour.p16 | 3, 3],
    [colour.p256 | 12, 12],
    [colour.p256 | 196, 9],
    [colour.p256 | 22, 2],
    [colour.p256 | 240, 8],
    [colour.p256 | 252, null],
    [colour.rgb | 0xd97757, 9],
    [colour.rgb | 0x1e90ff, 14],
    [colour.rgb | 0x999999, 8],
  ])('of %i is %s', (word, expected) => {
    expect(themeColour(word)).toBe(expected);
  });
});
