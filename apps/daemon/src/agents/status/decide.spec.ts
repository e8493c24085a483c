// What counts when signs disagree, by the times at which real agents gave them.
import type { ActivityKind, ActivitySource } from '@roundhouse/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admits } from './signal.js';
import { kindsOf, play, sign, wallAt, type Sign } from './testing/play.js';
import { nothingKnown, reduce } from './reduce.js';

const bash = { tool: 'Bash', command: 'touch perm.txt', file: null, text: null };
const permission = { waitsFor: 'permission', ask: bash, why: 'PermissionRequest Bash' } as const;
const open: ActivityKind[] = ['idle', 'waiting'];
const at = (changes: { at: number }[], index: number): number => (changes[index]?.at ?? -1) / 1_000;

/** Claude Code: a prompt, a tool that asks, the key 1, the end of the turn. */
const claudeTurn: readonly Sign[] = [
  sign(0, 'process', 'starting'),
  sign(1.07, 'title', open),
  sign(1.1, 'hook', 'idle', { why: 'SessionStart' }),
  sign(8.08, 'hook', 'working', { why: 'UserPromptSubmit' }),
  sign(8.13, 'title', 'working'),
  sign(8.25, 'hook', 'working', { why: 'PreToolUse Bash', ask: bash }),
  sign(8.3, 'hook', 'waiting', permission),
  sign(8.336, 'title', open),
  sign(8.4, 'screen', 'waiting', { waitsFor: 'permission' }),
  sign(14.37, 'hook', 'waiting', { waitsFor: 'permission', why: 'Notification' }),
  sign(16.444, 'title', 'working'),
  sign(16.5, 'hook', 'working', { why: 'PostToolUse' }),
  sign(16.55, 'screen', 'working'),
  sign(16.687, 'title', open),
  sign(16.72, 'hook', 'idle', { why: 'Stop' }),
  sign(16.8, 'screen', 'idle'),
];

describe('Claude Code', () => {
  it('turns from idle to working, waiting, working and idle as its hooks tell, and swallows nothing', () => {
    const { changes, state } = play(claudeTurn, 30);
    expect(kindsOf(changes)).toEqual([
      'starting',
      'idle',
      'working',
      'waiting(permission)',
      'working',
      'idle',
    ]);
    expect(at(changes, 2)).toBe(8.08);
    expect(at(changes, 3)).toBeLessThanOrEqual(8.35);
    expect(at(changes, 4)).toBeLessThanOrEqual(16.75);
    expect(at(changes, 5)).toBeLessThanOrEqual(16.95);
    expect(state.activity).toMatchObject({ kind: 'idle', why: 'Stop', source: 'hook', ask: null });
  });

  it('keeps what is asked when a late notification repeats the question without words', () => {
    const { state } = play(
      claudeTurn.filter((one) => one.at < 16_000),
      16,
    );
    expect(state.activity).toMatchObject({ kind: 'waiting', why: 'PermissionRequest Bash', ask: bash });
  });

  it('works 300 ms after the title says so while an allowed tool runs for a minute', () => {
    const { changes } = play(
      claudeTurn.filter((one) => one.at < 16_500),
      76,
    );
    expect(kindsOf(changes.slice(4))).toEqual(['working']);
    expect(at(changes, 4)).toBeCloseTo(16.744);
  });

  it('is idle 0.6 s after Esc on the question, of which no hook tells and which leaves the title as it is', () => {
    const asked = claudeTurn.filter((one) => one.at < 16_000);
    const { changes, state } = play([...asked, sign(18.892, 'screen', 'idle')], 30);
    expect(kindsOf(changes.slice(4))).toEqual(['idle']);
    expect(at(changes, 4)).toBeLessThanOrEqual(18.892 + 0.6);
    expect(state.activity?.ask).toBeNull();
  });

  it('is idle after Esc in the middle of work, without Stop', () => {
    const working = claudeTurn.filter((one) => one.at < 8_200);
    const signs = [
      ...working,
      sign(8.2, 'screen', 'working'),
      sign(12, 'title', open),
      sign(12.1, 'screen', 'idle'),
    ];
    const { changes } = play(signs, 30);
    expect(kindsOf(changes.slice(3))).toEqual(['idle']);
    expect(at(changes, 3)).toBeLessThanOrEqual(12.7);
  });

  it('does not come back to a question that was answered while the next sign settles', () => {
    const lost = claudeTurn.filter((one) => one.at < 16_460 && one.source !== 'screen');
    const { changes } = play([...lost, sign(19, 'title', open), sign(19.1, 'screen', 'idle')], 30);
    expect(kindsOf(changes.slice(3))).toEqual(['waiting(permission)', 'working', 'idle']);
  });

  it('waits for the second of two tools that ask at once', () => {
    const asked = claudeTurn.filter((one) => one.at < 14_000);
    const signs = [
      ...asked,
      // The first is answered and told of; the second question shows, and its hook came long ago.
      sign(15, 'screen', 'waiting', { waitsFor: 'permission', ask: { ...bash, command: 'touch two.txt' } }),
      sign(15.05, 'hook', 'working', { why: 'PostToolUse' }),
    ];
    const { changes, state } = play(signs, 30);
    expect(kindsOf(changes.slice(4))).toEqual(['working', 'waiting(permission)']);
    expect(state.activity?.ask?.command).toBe('touch two.txt');
  });

  it('stays in error when its prompt comes back, until it works again', () => {
    const signs = [
      ...claudeTurn.filter((one) => one.at < 8_200),
      sign(9, 'hook', 'error', { why: 'StopFailure' }),
      sign(9.05, 'title', open),
      sign(9.1, 'screen', 'idle'),
      sign(60, 'title', 'working'),
      sign(62, 'title', open),
    ];
    expect(kindsOf(play(signs, 70).changes.slice(3))).toEqual(['error', 'working', 'idle']);
  });

  it('goes on with title and screen when its hooks were lost, and takes up again with them', () => {
    const quiet = claudeTurn.filter((one) => one.source !== 'hook');
    const { changes } = play(quiet, 30);
    expect(kindsOf(changes)).toEqual([
      'starting',
      'idle',
      'working',
      'waiting(permission)',
      'working',
      'idle',
    ]);
    expect(at(changes, 3)).toBeLessThanOrEqual(8.336 + 0.6);
  });
});

describe('other agents', () => {
  it('follows what Codex says by OSC within 50 ms, though its title lags behind', () => {
    const signs = [
      sign(0, 'process', 'starting'),
      sign(4, 'osc', 'idle'),
      sign(8.0, 'osc', 'working'),
      sign(8.19, 'title', 'working'),
      sign(8.2, 'osc', 'waiting', { waitsFor: 'permission', why: 'OSC 7501 blocked' }),
      sign(8.3, 'screen', 'waiting', { waitsFor: 'permission', ask: { ...bash, tool: null } }),
      sign(8.98, 'title', 'waiting', { waitsFor: 'permission' }),
      sign(16.21, 'title', 'working'),
      sign(16.21, 'osc', 'working'),
      sign(16.3, 'screen', []),
      sign(16.384, 'title', []),
      sign(16.385, 'osc', 'idle'),
    ];
    const { changes } = play(signs, 30);
    expect(kindsOf(changes)).toEqual([
      'starting',
      'idle',
      'working',
      'waiting(permission)',
      'working',
      'idle',
    ]);
    expect(changes.slice(2).map((change) => change.at)).toEqual([8_000, 8_200, 16_210, 16_385]);
    const asked = play(
      signs.filter((one) => one.at < 10_000),
      10,
    ).state.activity;
    expect(asked).toMatchObject({ why: 'OSC 7501 blocked', ask: { command: 'touch perm.txt' } });
  });

  it('follows Gemini', () => {
    const signs = [
      sign(4.8, 'title', 'idle'),
      sign(4.9, 'hook', 'idle'),
      sign(7.9, 'hook', 'working', { why: 'BeforeAgent' }),
      sign(7.94, 'title', 'working'),
      sign(11.586, 'title', 'waiting', { waitsFor: 'permission', why: 'title ✋' }),
      sign(11.62, 'hook', 'waiting', {
        waitsFor: 'permission',
        ask: bash,
        why: 'Notification ToolPermission',
      }),
      sign(12.566, 'title', 'working'),
      sign(12.7, 'hook', 'working', { why: 'AfterTool' }),
      sign(12.95, 'hook', 'idle', { why: 'AfterAgent' }),
      sign(12.972, 'title', 'idle'),
    ];
    const { changes } = play(signs, 30);
    expect(kindsOf(changes)).toEqual(['idle', 'working', 'waiting(permission)', 'working', 'idle']);
    expect(at(changes, 2)).toBeLessThanOrEqual(11.65);
  });

  it('follows the events of OpenCode', () => {
    const signs = [
      sign(8.8, 'screen', 'idle'),
      sign(12, 'protocol', 'working'),
      sign(12.2, 'screen', 'working'),
      sign(28, 'protocol', 'waiting', { waitsFor: 'permission', ask: bash, why: 'permission.asked' }),
      sign(42.9, 'protocol', 'working'),
      sign(44, 'protocol', 'idle'),
    ];
    expect(kindsOf(play(signs, 60).changes)).toEqual([
      'idle',
      'working',
      'waiting(permission)',
      'working',
      'idle',
    ]);
  });

  it('knows of an agent that only asks that it no longer asks, and of a silent one nothing after two minutes', () => {
    const signs = [
      sign(0, 'process', 'starting'),
      sign(5, 'screen', 'waiting', { waitsFor: 'permission' }),
      sign(9, 'screen', []),
    ];
    expect(kindsOf(play(signs, 300).changes)).toEqual(['starting', 'waiting(permission)', 'idle']);
    expect(kindsOf(play(signs.slice(0, 1), 119).changes)).toEqual(['starting']);
    expect(kindsOf(play(signs.slice(0, 1), 121).changes)).toEqual(['starting', 'none']);
  });
});

describe('signs that disagree', () => {
  it('does not flap when a request is handled after a newer OSC', () => {
    const signs = [
      sign(1, 'osc', 'working'),
      sign(5.0, 'osc', 'working'),
      sign(5.03, 'hook', 'waiting', permission),
    ];
    expect(kindsOf(play(signs, 20).changes)).toEqual(['working', 'waiting(permission)']);
  });

  it('leaves a narrow terminal working whose screen reads idle under a title that spins', () => {
    const signs = [
      sign(1, 'title', open),
      sign(2, 'title', 'working'),
      sign(2.2, 'screen', 'idle'),
      sign(4, 'screen', []),
      sign(5, 'screen', 'idle'),
    ];
    expect(kindsOf(play(signs, 20).changes).slice(-1)).toEqual(['working']);
  });

  it('tells no change when a title is open for an instant', () => {
    const signs = [sign(2, 'title', 'working'), sign(5, 'title', open), sign(5.2, 'title', 'working')];
    expect(kindsOf(play(signs, 20).changes)).toEqual(['working']);
  });

  it('R:C10 decides alike when the wall clock jumps an hour either way', () => {
    for (const jump of [3_600_000, -3_600_000]) {
      let state = nothingKnown;
      for (const [index, one] of claudeTurn.entries()) {
        const wall = wallAt(one.at) + (index % 2 === 0 ? 0 : jump);
        state = reduce(state, { ...one, until: null }, { monotonic: one.at, wall });
      }
      const kinds = state.changes.map(({ kind }) => kind).reverse();
      expect(kinds.slice(-4)).toEqual(['working', 'waiting', 'working', 'idle']);
    }
  });
});

describe('any signs in any order', () => {
  const sources: ActivitySource[] = ['hook', 'protocol', 'osc', 'title', 'otlp', 'screen'];
  const kinds = fc.constantFrom<ActivityKind[]>(
    ['working'],
    ['waiting'],
    ['idle'],
    ['idle', 'waiting'],
    ['error'],
    [],
  );
  const anySign = fc.record({ gap: fc.nat(2_000), source: fc.constantFrom(...sources), kinds });

  it('is never left waiting when all that began later says otherwise for more than three seconds', () => {
    fc.assert(
      fc.property(fc.array(anySign, { maxLength: 30 }), (list) => {
        let now = 0;
        const signs = list.flatMap((one) => {
          now += one.gap;
          const visible = one.source === 'title' || one.source === 'screen';
          return one.kinds.length > 0 || visible ? [sign(now / 1_000, one.source, one.kinds)] : [];
        });
        const { state } = play(signs, now / 1_000 + 3.1);
        if (state.activity?.kind !== 'waiting') return;
        const slots = Object.values(state.slots);
        const supports = slots.filter((slot) => slot.kinds.includes('waiting')).map((slot) => slot.at);
        const last = Math.max(...supports);
        const later = slots.filter((slot) => slot.at > last && !admits(slot.kinds, 'waiting'));
        // What is visible still asks: the title, or without one the screen.
        const held = (state.slots.title ?? state.slots.screen)?.kinds.includes('waiting') ?? false;
        if (supports.length > 0 && !held) expect(later).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});
