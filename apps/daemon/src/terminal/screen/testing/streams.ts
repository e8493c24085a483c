// For tests: the recorded output of real agents, and made-up output that uses everything that an emulator knows.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';

const fixtures = join(dirname(fileURLToPath(import.meta.url)), '../../../../../../profiles/fixtures');

export const recordings: readonly { readonly name: string; readonly bytes: Buffer }[] = readdirSync(
  fixtures,
  {
    recursive: true,
    encoding: 'utf8',
  },
)
  .filter((name) => name.endsWith('.raw'))
  .sort()
  .map((name) => ({ name: dirname(name), bytes: readFileSync(join(fixtures, name)) }));

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
const pieces = fc.oneof(
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
  .array(pieces, { minLength: 1, maxLength: 120, size: 'max' })
  .map((parts) => Buffer.from(parts.join(''), 'utf8'));

/** Output that goes down the screen, as most programs' does. */
export const lines = fc
  .array(fc.oneof(words, sgr, fc.constant('\r\n')), { minLength: 1, maxLength: 150 })
  .map((parts) => Buffer.from(parts.join(''), 'utf8'));

/** One thing each that an emulator remembers beside its cells. */
export const memories: readonly (readonly [string, string])[] = [
  ['scroll region', `${csi}3;5r${csi}4;2H`],
  ['origin mode', `${csi}2;5r${csi}?6h${csi}2;3H`],
  ['saved cursor with its look', `${csi}2;7H${csi}1;4;31m${esc}7${csi}m${csi}H`],
  ['saved cursor with its character set', `${esc}(0${csi}3;3H${esc}7${esc}(B`],
  ['saved cursor of the other buffer', `${csi}?47h${csi}4;4H${esc}7${csi}?47l`],
  ['G0 to G3', `${esc}(0${esc})A${esc}*0${esc}+4`],
  ['shift out', `${esc})0\u000e`],
  ['locking shift', `${esc}*0${esc}n`],
  ['set of a restored cursor', `${esc}(0${esc}7${esc}(B${esc}8`],
  ['tab stops', `${csi}3g${csi}5G${esc}H${csi}11G${esc}H\r`],
  ['title', `${esc}]0;a title\u0007`],
  ['link that is open', `${esc}]8;;https://example.org\u0007`],
  ['link on the screen', `${esc}]8;id=1;https://example.org\u0007link${esc}]8;;\u0007`],
  ['cursor style', `${csi}5 q`],
  ['cursor that blinks', `${csi}?12h`],
  ['cursor that is hidden', `${csi}?25l`],
  ['synchronized output', `${csi}?2026h`],
  ['insert mode', `abc\r${csi}4h`],
  ['insert mode behind a character', `abc\b${csi}4hX`],
  ['no wraparound', `${csi}?7l`],
  ['no wraparound at the margin', `${csi}?7l${'x'.repeat(30)}`],
  ['reverse wraparound', `${csi}?45h`],
  ['new line mode', `${csi}20h`],
  ['application cursor', `${csi}?1h`],
  ['application keypad', `${esc}=`],
  ['bracketed paste', `${csi}?2004h`],
  ['focus reports', `${csi}?1004h`],
  ...['9', '1000', '1002', '1003'].map((mode) => [`mouse ${mode}`, `${csi}?${mode}h`] as const),
  ['mouse encoding', `${csi}?1003h${csi}?1006h`],
  ['mouse encoding in pixels', `${csi}?1016h`],
  ['wrap that is pending', 'x'.repeat(20)],
  ['wrap that is pending, another pen', `${'x'.repeat(20)}${csi}31m`],
  ['wrap that is pending, line erased', `${'x'.repeat(20)}${csi}44m${csi}2K`],
  ['wrapped lines', `${'long '.repeat(12)}\r\nx`],
  ['wrapped wide characters', '世界'.repeat(11) + 'a'.repeat(9) + '世'.repeat(6)],
  ['character that may be joined', 'e'],
  ['flag that is half', '🇩'],
  ['last character, for REP', `${csi}1mab`],
  ['pen', `${csi}1;3;4:3;9;53;58;5;7;38;2;1;2;3;48;5;99m`],
  ['underline colour without a line', `${csi}58;2;1;2;3m`],
  ['protected characters', `${csi}1"qsafe`],
  ['alternate screen over the normal one', `under${csi}?1049h${csi}2;2Hover${csi}2;4r`],
  ['alternate screen, full of colour', `a\r\nb${csi}42m${csi}?1047h${csi}2J`],
  ['background of erased cells', `${csi}45m${csi}2;3H${csi}K${csi}1;5H${csi}3X`],
  ['palette', `${esc}]4;1;#ff0000;200;rgb:1/2/3\u0007${esc}]10;#eeeeee\u0007${esc}]12;#123456\u0007`],
  ['sequence that has begun', `x${csi}1;3`],
  ['sequence that has begun, with a line feed in it', `x${csi}1\n;3`],
  ['string that has begun', `x${esc}]2;half a ti`],
  ['device string that has begun', `x${esc}P$q`],
  ['escape alone', `x${esc}`],
  ['intermediate alone', `x${esc}(`],
];
/** Uses what may be remembered. */
export const probe = `m${csi}bq\u0301lkX\t|\n${esc}8S${csi}4;31mtext\r\n\u000fA${'w'.repeat(25)}${csi}?JR${csi}6;9Hend`;
