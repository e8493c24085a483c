// @vitest-environment happy-dom
// Shortcuts: sequences, and silence where keys belong to somebody else.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerShortcut, startShortcuts } from './shortcuts.js';

let ran: string[] = [];
let clock = 0;
let ends: (() => void)[] = [];

const press = (key: string, target: EventTarget = document.body, more: KeyboardEventInit = {}): void => {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
};
const add = (keys: string): void => {
  ends.push(registerShortcut({ id: keys, keys, label: keys, group: 'go', run: () => ran.push(keys) }));
};

beforeEach(() => {
  ran = [];
  clock = 0;
  document.body.innerHTML =
    '<input id="i"><div data-terminal><textarea id="t"></textarea><button id="b"></button></div><button id="o"></button>';
  ends = [startShortcuts(() => clock)];
  for (const keys of ['c', 'g f', 'g h', 'mod+k', '?']) add(keys);
});
afterEach(() => {
  for (const end of ends) end();
});
const by = (id: string): Element => document.getElementById(id) ?? document.body;

describe('shortcuts', () => {
  it('runs single keys and sequences', () => {
    for (const key of ['c', 'g', 'f', 'g', 'h', '?']) press(key);
    expect(ran).toEqual(['c', 'g f', 'g h', '?']);
  });
  it('forgets the first key of a sequence after a second', () => {
    press('g');
    clock = 1500;
    press('f');
    expect(ran).toEqual([]);
  });
  it('runs a single key after a broken sequence', () => {
    press('g');
    press('c');
    expect(ran).toEqual(['c']);
  });
  it('leaves plain keys to inputs, but not mod+k', () => {
    press('c', by('i'));
    press('k', by('i'), { ctrlKey: true });
    expect(ran).toEqual(['mod+k']);
  });
  it('leaves every key to a terminal', () => {
    press('c', by('t'));
    press('k', by('t'), { ctrlKey: true });
    press('c', by('b'));
    expect(ran).toEqual([]);
  });
  it('is silent under an open dialog', () => {
    document.body.insertAdjacentHTML('beforeend', '<div role="dialog" data-state="open"></div>');
    press('c', by('o'));
    expect(ran).toEqual([]);
  });
  it('is silent after it ended', () => {
    for (const end of ends.splice(0, 1)) end();
    press('c');
    expect(ran).toEqual([]);
  });
});
