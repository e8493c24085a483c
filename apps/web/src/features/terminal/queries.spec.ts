// @vitest-environment happy-dom
// The real emulator, fed every query that a program may ask: not one answer may become input.
import { Terminal } from '@xterm/xterm';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { isFocusReport, isMouseReport, swallowQueries } from './queries.js';

const ESC = '\u001b';
const queries: readonly (readonly [string, string])[] = [
  ['DA1', `${ESC}[c`],
  ['DA1 with 0', `${ESC}[0c`],
  ['DA2', `${ESC}[>c`],
  ['DA3', `${ESC}[=c`],
  ['DSR', `${ESC}[5n`],
  ['CPR', `${ESC}[6n`],
  ['DECXCPR', `${ESC}[?6n`],
  ['colour scheme', `${ESC}[?996n`],
  ['DECRQM, DEC', `${ESC}[?2004$p`],
  ['DECRQM, ANSI', `${ESC}[4$p`],
  ['DECRQSS', `${ESC}P$qm${ESC}\\`],
  ['DECRQSS, cursor', `${ESC}P$q q${ESC}\\`],
  ['OSC 4', `${ESC}]4;1;?\u0007`],
  ['OSC 10', `${ESC}]10;?\u0007`],
  ['OSC 10 to 12', `${ESC}]10;?;?;?${ESC}\\`],
  ['OSC 11', `${ESC}]11;?\u0007`],
  ['OSC 12', `${ESC}]12;?\u0007`],
  ['OSC 52, read', `${ESC}]52;c;?\u0007`],
  ['XTVERSION', `${ESC}[>q`],
  ['title report', `${ESC}[21t`],
  ['size in cells', `${ESC}[18t`],
  ['size in pixels', `${ESC}[14t`],
  ['size of a cell', `${ESC}[16t`],
  ['keyboard protocol', `${ESC}[?u`],
  ['XTGETTCAP', `${ESC}P+q544e${ESC}\\`],
  ['XTSMGRAPHICS', `${ESC}[?1;1;0S`],
  ['DECREQTPARM', `${ESC}[x`],
  ['DECID', `${ESC}Z`],
  ['ENQ', '\u0005'],
];

/** Opened in the page where the environment can; colour reports need that. */
function open(guarded: boolean) {
  const term = new Terminal({ allowProposedApi: true, cols: 80, rows: 24 });
  const guard = guarded ? swallowQueries(term.parser) : null;
  const element = document.createElement('div');
  document.body.append(element);
  term.open(element);
  const input: string[] = [];
  term.onData((data) => {
    if (!(isFocusReport(data) && guard?.reading())) input.push(data);
  });
  term.onBinary((data) => input.push(data));
  const write = (text: string): Promise<void> => new Promise((resolve) => term.write(text, resolve));
  return { term, write, input };
}

beforeEach(() => {
  document.body.replaceChildren();
  // The environment draws nothing; the emulator only measures with it.
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});

describe('swallowQueries', () => {
  it.each(queries)('T:2.2 does not answer %s', async (_, query) => {
    const { write, input } = open(true);
    await write(`text ${query} more`);
    expect(input).toEqual([]);
  });

  it.each(['b', 'L', 'M', 'S', 'T', 'I', 'Z'])('R:B11 ignores a billion times CSI %s', async (final) => {
    const { term, write } = open(true);
    await write(`text${ESC}[2147483647${final} more`);
    expect(term.buffer.active.getLine(0)?.translateToString(true)).toBe('text more');
  });

  it('would answer many of them by itself, so the test can fail', async () => {
    const { write, input } = open(false);
    for (const [, query] of queries) await write(query);
    expect(input.length).toBeGreaterThan(6);
  });

  it('does not answer a split query, nor one inside a replay of all of them', async () => {
    const { write, input } = open(true);
    for (const char of queries.map(([, query]) => query).join('')) await write(char);
    await write(queries.map(([, query]) => query).join('x'));
    expect(input).toEqual([]);
  });

  it('does not report the focus when a replay turns those reports on', async () => {
    const { term, write, input } = open(true);
    term.focus();
    await write(`${ESC}[?1004h`);
    expect(input).toEqual([]);
  });

  it('still sets colours, modes and text', async () => {
    const { term, write } = open(true);
    await write(`${ESC}]4;1;#123456\u0007${ESC}[?2004h${ESC}[?1h${ESC}[2;5Hhello`);
    expect(term.modes.bracketedPasteMode).toBe(true);
    expect(term.modes.applicationCursorKeysMode).toBe(true);
    expect(term.buffer.active.getLine(1)?.translateToString(true).trim()).toBe('hello');
  });

  it('lets typing, paste and what a program types through', async () => {
    const { term, write, input } = open(true);
    term.input('typed', true);
    await write(`${ESC}[?2004h`);
    term.paste('pasted');
    expect(input).toEqual(['typed', `${ESC}[200~pasted${ESC}[201~`]);
  });
});

describe('reports', () => {
  it('tells mouse and focus reports from typing', () => {
    expect(isMouseReport(`${ESC}[<0;12;5M`)).toBe(true);
    expect(isMouseReport(`${ESC}[<35;12;5m`)).toBe(true);
    expect(isMouseReport(`${ESC}[M !!`)).toBe(true);
    expect(isMouseReport(`${ESC}[A`)).toBe(false);
    expect(isFocusReport(`${ESC}[I`)).toBe(true);
    expect(isFocusReport(`${ESC}[Z`)).toBe(false);
  });
});
