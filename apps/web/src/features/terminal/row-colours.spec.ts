// @vitest-environment happy-dom
// The real emulator: 24-bit colours reach the rows without a style attribute in markup.
import { Terminal } from '@xterm/xterm';
import { expect, it, vi } from 'vitest';
import { allowRowColours } from './row-colours.js';

it('finds the row factory of this version and gives colours to the object model', () => {
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  const terminal = new Terminal({ allowProposedApi: true });
  terminal.open(document.body.appendChild(document.createElement('div')));
  expect(allowRowColours(terminal)).toBe(true);
});

it('does nothing where there is nothing to change', () => {
  expect(allowRowColours({})).toBe(false);
  const made: string[] = [];
  const factory = { _addStyle: () => made.push('attribute') };
  expect(
    allowRowColours({ _core: { _renderService: { _renderer: { value: { _rowFactory: factory } } } } }),
  ).toBe(true);
  const cell = document.createElement('span');
  Reflect.apply(factory._addStyle, factory, [cell, 'color:red']);
  expect([cell.style.color, made]).toEqual(['red', []]);
});
