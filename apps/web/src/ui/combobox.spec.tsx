// @vitest-environment happy-dom
// The combobox by keyboard and by pointer, long and with rows that cannot be chosen.
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Combobox, type ComboboxOption } from './combobox.js';
import { filterOptions } from './combobox-list.js';

const options: ComboboxOption[] = [
  { value: 'a', label: 'api', detail: '~/src/api' },
  { value: 'b', label: 'billing', disabled: true, disabledReason: 'not installed on dev-01' },
  { value: 'c', label: 'checkout', detail: '~/src/api-web' },
];

function open(props: Partial<Parameters<typeof Combobox>[0]> = {}) {
  const onValueChange = vi.fn();
  render(
    <Combobox label="Project" value={null} options={options} onValueChange={onValueChange} {...props} />,
  );
  fireEvent.click(screen.getByRole('combobox'));
  return { onValueChange, search: screen.queryByRole('searchbox') };
}

afterEach(cleanup);

describe('Combobox', () => {
  it('chooses by keyboard and skips what cannot be chosen', () => {
    const { onValueChange, search } = open();
    if (!search) throw new Error('no search line');
    fireEvent.keyDown(search, { key: 'ArrowDown' });
    fireEvent.keyDown(search, { key: 'Enter' });
    expect(onValueChange).toHaveBeenCalledWith('c');
  });

  it('tells why a row cannot be chosen, and does not choose it', () => {
    const { onValueChange } = open();
    fireEvent.click(screen.getByText('not installed on dev-01'));
    expect(onValueChange).not.toHaveBeenCalled();
  });

  it('says that nothing matches, with the query', () => {
    const { search } = open();
    if (!search) throw new Error('no search line');
    fireEvent.change(search, { target: { value: 'zzz' } });
    expect(screen.getByText('Nothing matches “zzz”')).toBeTruthy();
  });

  it('draws only the rows in view of a long list', () => {
    open({ options: Array.from({ length: 5000 }, (_, i) => ({ value: `p${i}`, label: `project-${i}` })) });
    expect(screen.getAllByRole('option').length).toBeLessThan(30);
  });

  it('waits while the list is loading', () => {
    open({ options: [], loading: true });
    expect(screen.getByText('Loading')).toBeTruthy();
  });
});

describe('filterOptions', () => {
  it('needs every word, and puts labels that start with the first word first', () => {
    expect(filterOptions(options, 'api').map(({ value }) => value)).toEqual(['a', 'c']);
    expect(filterOptions(options, 'api web').map(({ value }) => value)).toEqual(['c']);
  });
});
