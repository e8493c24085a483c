// Sticky modifiers and the bytes of the extra keys.
import { describe, expect, it } from 'vitest';
import { keySequence, noSticky, pressSticky, release, withModifiers } from './phone-keys.js';

const ctrl = pressSticky(noSticky, 'ctrl');
const alt = pressSticky(noSticky, 'alt');

describe('phone keys', () => {
  it('sticks once, locks at the second press, ends at the third', () => {
    expect(ctrl.ctrl).toBe('once');
    const locked = pressSticky(ctrl, 'ctrl');
    expect([release(ctrl).ctrl, locked.ctrl, release(locked).ctrl]).toEqual(['off', 'locked', 'locked']);
    expect(pressSticky(locked, 'ctrl')).toEqual(noSticky);
  });

  it.each([
    ['c', ctrl, '\u0003'],
    ['D', ctrl, '\u0004'],
    ['[', ctrl, '\u001b'],
    [' ', ctrl, '\u0000'],
    ['1', ctrl, '1'],
    ['b', alt, '\u001bb'],
    ['c', pressSticky(ctrl, 'alt'), '\u001b\u0003'],
    ['é', ctrl, 'é'],
    ['whole words', ctrl, 'whole words'],
  ])('%j with modifiers', (typed, sticky, bytes) => {
    expect(withModifiers(typed, sticky)).toBe(bytes);
  });

  it('follows the cursor-key mode and carries modifiers', () => {
    expect(keySequence('up', noSticky, false)).toBe('\u001b[A');
    expect(keySequence('up', noSticky, true)).toBe('\u001bOA');
    expect(keySequence('left', ctrl, true)).toBe('\u001b[1;5D');
    expect(keySequence('right', alt, false)).toBe('\u001b[1;3C');
    expect(keySequence('interrupt', noSticky, false)).toBe('\u0003');
  });
});
