// Every key is the agent's but these.
import { describe, expect, it } from 'vitest';
import { ownKey } from './own-keys.js';

const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const ctrl = { ...none, ctrlKey: true };

describe('ownKey', () => {
  it.each([
    [{ ...none, key: 'F6' }, 'leave'],
    [{ ...ctrl, key: '=' }, 'larger'],
    [{ ...ctrl, shiftKey: true, key: '+' }, 'larger'],
    [{ ...ctrl, key: '-' }, 'smaller'],
    [{ ...none, metaKey: true, key: '0' }, 'usual'],
    [{ ...ctrl, shiftKey: true, key: 'C' }, 'copy'],
  ])('keeps %o', (pressed, own) => {
    expect(ownKey(pressed, true)).toBe(own);
  });
  it.each([
    { ...ctrl, key: 'F6' },
    { ...ctrl, key: 'c' },
    { ...ctrl, shiftKey: true, key: '_' },
    { ...ctrl, altKey: true, key: '-' },
    { ...none, key: '-' },
    { ...none, key: 'Escape' },
  ])('leaves %o to the agent', (pressed) => {
    expect(ownKey(pressed, true)).toBeNull();
  });
  it('copies only what is selected', () => {
    expect(ownKey({ ...ctrl, shiftKey: true, key: 'c' }, false)).toBeNull();
  });
});
