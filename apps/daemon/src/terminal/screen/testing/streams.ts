// For tests: the recorded output of real agents, and made-up output that uses everything that an emulator knows.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';

const fixtures = join(dirname(fileURLToPath(import.meta.url)), '../fixtures');

export const recordings: readonly { readonly name: string; readonly bytes: Buffer }[] = readdirSync(fixtures)
  .filter((name) => name.endsWith('.raw'))
  .sort()
  .map((name) => ({ name, bytes: readFileSync(join(fixtures, name)) }));

const esc = '\u001b';
const csi = `${esc}[`;
const small = fc.integer({ min: 0, max: 30 });

const words = fc.constantFrom(
  'a',
  'text',
  'a longer piece of text that will wrap around ',
  '世界',
  '中',
  '❤️',
  '👩‍👩‍👧‍👦',
  '🇩🇪🇫🇷',
  'e\u0301',
  '\u0301',
  '──│┼',
  '— • “q”',
  '한국어',
  '     ',
  'qxlk',
  '✓',
  '✔️',
);
const controls = fc.constantFrom(
  '\r',
  '\n',
  '\r\n',
  '\b',
  '\t',
  '\u000e',
  '\u000f',
  '\u0007',
  '\u000b',
  '\u0000',
);
const sgr = fc
  .array(
    fc.constantFrom(
      '0',
      '1',
      '2',
      '3',
      '4',
      '4:3',
      '5',
      '7',
      '8',
      '9',
      '22',
      '24',
      '27',
      '31',
      '42',
      '97',
      '103',
      '38;5;200',
      '48;2;1;2;3',
      '38;2;9;8;7',
      '48;5;17',
      '39',
      '49',
      '53',
      '58;5;9',
      '58:2::1:2:3',
    ),
    { minLength: 0, maxLength: 3 },
  )
  .map((codes) => `${csi}${codes.join(';')}m`);
const finals = 'ABCDEFGHIJKLMPSTXZ@`abdefgrs';
/**
 * A cursor restored within an open link leaves the emulator with half a link, which nothing can bring back: the one
 * thing that snapshots lose.
 */
const close = `${esc}]8;;\u0007`;
const csis = fc
  .tuple(fc.array(small, { maxLength: 2 }), fc.constantFrom(...finals))
  .map(([params, final]) => `${csi}${params.join(';')}${final}`);
const modes = fc
  .tuple(
    fc.constantFrom(
      '?1',
      '?6',
      '?7',
      '?12',
      '?25',
      '?45',
      '?47',
      '?66',
      '?1000',
      '?1002',
      '?1003',
      '?1004',
      '?1006',
      '?1016',
      '?1047',
      '?1048',
      '?1049',
      '?2004',
      '?2026',
      '4',
      '20',
    ),
    fc.constantFrom('h', 'l'),
  )
  .map(([mode, final]) => `${mode.startsWith('?104') ? close : ''}${csi}${mode}${final}`);
const escapes = fc.constantFrom(
  `${esc}7`,
  `${close}${esc}8`,
  `${close}${csi}u`,
  `${esc}D`,
  `${esc}E`,
  `${esc}H`,
  `${esc}M`,
  `${esc}=`,
  `${esc}>`,
  `${esc}n`,
  `${esc}o`,
  `${esc}(0`,
  `${esc}(B`,
  `${esc})0`,
  `${esc}*A`,
  `${esc}+0`,
  `${esc}#8`,
  `${csi}!p`,
);
const strings = fc.constantFrom(
  `${esc}]0;title\u0007`,
  `${esc}]2;other${esc}\\`,
  `${esc}]8;;https://example.org/a\u0007`,
  `${esc}]8;id=x;https://example.org/b;c\u0007`,
  `${esc}]8;;\u0007`,
  `${esc}]4;3;rgb:ff/00/11\u0007`,
  `${esc}]11;#123456\u0007`,
  `${esc}]104\u0007`,
  `${esc}P$qm${esc}\\`,
  `${esc}_application${esc}\\`,
  `${esc}]52;c;aGk=\u0007`,
);
const others = fc.constantFrom(
  `${csi}5 q`,
  `${csi}2 q`,
  `${csi}1"q`,
  `${csi}0"q`,
  `${csi}?J`,
  `${csi}1K`,
  `${csi}2K`,
  `${csi}2J`,
  `${csi}3J`,
  `${csi}3g`,
  `${csi}g`,
  `${csi}3;10r`,
  `${csi}r`,
  `${csi}2 @`,
  `${csi}2 A`,
  `${csi}2'}`,
  `${csi}2'~`,
  `${csi}1\n3C`,
  `${esc}c`,
);

/** A piece of output; text is as likely as everything else together. */
export const pieces = fc.oneof(
  { weight: 8, arbitrary: words },
  { weight: 3, arbitrary: controls },
  { weight: 3, arbitrary: sgr },
  { weight: 3, arbitrary: csis },
  { weight: 2, arbitrary: modes },
  { weight: 1, arbitrary: escapes },
  { weight: 1, arbitrary: strings },
  { weight: 1, arbitrary: others },
);

/** Output that uses everything. */
export const streams = fc
  .array(pieces, { minLength: 1, maxLength: 120 })
  .map((parts) => Buffer.from(parts.join(''), 'utf8'));
