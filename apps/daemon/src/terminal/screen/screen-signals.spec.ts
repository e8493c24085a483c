// What a screen says of its agent, as a thread recognises it in the agent's own bytes.
import { ManualClock } from '@roundhouse/kit';
import { expect, it } from 'vitest';
import { Emulator } from './emulator.js';
import { PatternGuard } from './pattern-guard.js';
import { ScreenSignals } from './screen-signals.js';
import { SignalPace } from './signal-pace.js';
import type { SignalReading, SignalRule } from './signal-rules.js';

const rules: SignalRule[] = [
  { from: 'title', id: 0, match: '^[\u2800-\u28ff] ', flags: '', ask: {} },
  { from: 'title', id: 1, match: '^\u2733', flags: '', ask: {} },
  { from: 'osc', id: 2, code: 7501, match: null, flags: '', where: { state: '^blocked$' }, ask: {} },
  { from: 'osc', id: 3, code: 7501, match: null, flags: '', where: { state: '^idle$' }, ask: {} },
  {
    ...{ from: 'screen', id: 4, match: 'do you want to proceed', flags: 'im', lines: 5 },
    ask: { command: '^\\s*\\$ (.+)$' },
  },
  { from: 'screen', id: 5, match: 'esc to interrupt', flags: 'im', lines: 5, ask: {} },
];

function setUp(cols = 60) {
  const clock = new ManualClock();
  const readings: SignalReading[] = [];
  const guard = new PatternGuard({ onSlow: () => undefined });
  const signals = new ScreenSignals({ clock, guard, post: (reading) => readings.push(reading) });
  const pace = new SignalPace(clock, guard);
  const emulator = new Emulator({
    ...{ cols, rows: 10, scrollback: 0 },
    onTitle: (title) => {
      signals.titled(title);
    },
    onOsc: (code, payload) => {
      signals.said(code, payload);
    },
  });
  const recognise = (version: number): void => {
    signals.setRules({ version, rules });
    emulator.hear(signals.codes);
    pace.changed(signals, { emulator });
  };
  recognise(1);
  const print = (text: string, ms = 200): void => {
    emulator.write(Buffer.from(text));
    pace.changed(signals, { emulator });
    clock.advance(ms);
  };
  const take = () => readings.splice(0).map(({ source, id, text, ask }) => ({ source, id, text, ask }));
  return { clock, print, take, recognise, readings };
}

const esc = '\u001b';
const title = (text: string): string => `${esc}]0;${text}\u0007`;
const osc = (text: string): string => `${esc}]7501;${text}${esc}\\`;

it('tells titles and sequences at once, in their order, and only what changes in meaning', () => {
  const { print, take } = setUp();
  print(`${title('⠂ shop')}${osc('state=blocked:app=x:kind=permission')}${title('✳ shop')}`, 0);
  expect(take()).toMatchObject([
    { source: 'title', id: 0, text: '⠂ shop' },
    { source: 'osc', id: 2, text: 'state=blocked:app=x:kind=permission' },
    { source: 'title', id: 1 },
  ]);
  print(`${title('✳ other')}${osc('state=elsewhere')}`);
  expect(take()).toEqual([]);
  print(title('plain'));
  expect(take()).toMatchObject([{ source: 'title', id: null }]);
});

it('tells what the lower part of the screen means, with what is asked, and when it is gone', () => {
  const { print, take } = setUp();
  print('one\r\n  $ touch a.txt\r\n\r\nDo you want to proceed?\r\n');
  expect(take()).toEqual([
    { source: 'screen', id: 4, text: 'Do you want to proceed', ask: { command: 'touch a.txt' } },
  ]);
  print('.');
  expect(take()).toEqual([]);
  print(`${esc}[2;1H${esc}[2K  $ touch b.txt`);
  expect(take()).toMatchObject([{ ask: { command: 'touch b.txt' } }]);
  print(`${esc}[2J${esc}[Hesc to interrupt`);
  expect(take()).toMatchObject([{ id: 5 }]);
  // Above the last five rows it is history.
  print('\r\n1\r\n2\r\n3\r\n4\r\n5\r\n');
  expect(take()).toMatchObject([{ id: null }]);
});

it('looks at most every 200 ms, and not at all while nothing changes', () => {
  const { print, take } = setUp();
  let told = 0;
  for (let step = 0; step < 100; step += 1) {
    print(`${esc}[2J${esc}[H${step % 3 === 0 ? 'esc to interrupt' : 'do you want to proceed'}`, 10);
    told += take().length;
  }
  expect(told).toBeLessThanOrEqual(6);
  expect(told).toBeGreaterThan(2);
});

it('tells everything anew under new rules, and says which', () => {
  const { print, recognise, readings, clock } = setUp();
  print('esc to interrupt');
  recognise(2);
  clock.advance(200);
  expect(readings.map(({ version, id }) => [version, id])).toEqual([
    [1, 5],
    [2, 5],
  ]);
});

it('does not let a flood of titles and sequences cost more than a few looks, and ends at the last of them', () => {
  const { print, take } = setUp();
  const flood = Array.from(
    { length: 5_000 },
    (_, at) => title(`⠂ ${String(at)}`) + osc('state=blocked'),
  ).join('');
  print(`${flood}${title('✳ end')}${osc('state=idle')}`, 200);
  const told = take();
  expect(told.length).toBeLessThan(40);
  expect(told.filter(({ source }) => source === 'title').at(-1)).toMatchObject({ id: 1, text: '✳ end' });
  expect(told.filter(({ source }) => source === 'osc').at(-1)).toMatchObject({ id: 3 });
});
