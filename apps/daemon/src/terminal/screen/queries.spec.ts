// What a terminal is asked, and what it says: six answers, and silence.
import { ManualClock } from '@roundhouse/kit';
import { describe, expect, it } from 'vitest';
import { AnswerBudget } from './answer-budget.js';
import { Emulator } from './emulator.js';

const esc = '\u001b';
const answered: readonly (readonly [string, string, string])[] = [
  ['DA1', `${esc}[c`, `${esc}[?1;2c`],
  ['DA2', `${esc}[>c`, `${esc}[>0;276;0c`],
  ['DSR', `${esc}[5n`, `${esc}[0n`],
  ['CPR', `${esc}[3;7H${esc}[6n`, `${esc}[3;7R`],
  ['DECRQM', `${esc}[?2004h${esc}[?2004$p`, `${esc}[?2004;1$y`],
  ['DECRQSS', `${esc}P$qr${esc}\\`, `${esc}P1$r1;24r${esc}\\`],
];
const silent: readonly (readonly [string, string])[] = [
  ['DA3', `${esc}[=c`],
  ['DECXCPR', `${esc}[?6n`],
  ['colour scheme', `${esc}[?996n`],
  ['XTVERSION', `${esc}[>q`],
  ['OSC 4', `${esc}]4;1;?\u0007`],
  ['OSC 10', `${esc}]10;?\u0007`],
  ['OSC 11', `${esc}]11;?${esc}\\`],
  ['OSC 12', `${esc}]12;?\u0007`],
  ['OSC 52, read', `${esc}]52;c;?\u0007`],
  ['title report', `${esc}[21t`],
  ['size in cells', `${esc}[18t`],
  ['size in pixels', `${esc}[14t`],
  ['keyboard protocol', `${esc}[?u`],
  ['XTGETTCAP', `${esc}P+q544e${esc}\\`],
  ['XTSMGRAPHICS', `${esc}[?1;1;0S`],
  ['DECREQTPARM', `${esc}[x`],
  ['DECID', `${esc}Z`],
  ['ENQ', '\u0005'],
  ['focus, asked for', `${esc}[?1004h`],
];

function answersTo(output: string, pieces: number): string[] {
  const heard: string[] = [];
  const emulator = new Emulator({ cols: 80, rows: 24, scrollback: 10, onAnswer: (text) => heard.push(text) });
  const bytes = Buffer.from(output);
  for (let at = 0; at < bytes.length; at += pieces) emulator.write(bytes.subarray(at, at + pieces));
  return heard;
}

describe('queries', () => {
  it.each(answered)('R:B8 %s has one answer, however it is cut', (_, query, answer) => {
    for (const pieces of [1, 2, 3, 1_000]) expect(answersTo(`text${query}more`, pieces)).toEqual([answer]);
  });

  it.each(silent)('R:B8 R:B6 %s has none', (_, query) => {
    expect(answersTo(`text${query}more`, 1_000)).toEqual([]);
    expect(answersTo(query, 1)).toEqual([]);
  });

  it('an agent that asks in a loop gets a few answers a second', () => {
    const clock = new ManualClock();
    const budget = new AnswerBudget(clock);
    const takes = (): number => Array.from({ length: 10_000 }).filter(() => budget.take()).length;
    expect(takes()).toBe(100);
    clock.advance(1_000);
    expect(takes()).toBe(50);
    clock.advance(60_000);
    expect(takes()).toBe(100);
  });
});
