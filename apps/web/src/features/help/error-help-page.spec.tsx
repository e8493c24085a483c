// @vitest-environment happy-dom
// Every error with its cure: found by code and by words, and led to from an error that is shown.
import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import { errorCodes, errorTable, sessionReasons } from '@roundhouse/protocol';
import { afterEach, expect, it, vi } from 'vitest';
import { ApiError } from '../../lib/api-error.js';
import { renderPage } from '../../testing/render-page.js';
import { ErrorNote } from '../../ui/error-note.js';
import { ErrorState } from '../../ui/error-state.js';
import { ErrorHelpPage } from './error-help-page.js';
import { helpRows } from './error-rows.js';
import { codeOfHash, searchRows } from './search-rows.js';

const rows = helpRows();
afterEach(cleanup);

it('F:O4 has every code of the tables, each once, with what happened and what to do', () => {
  const codes = rows.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of [...errorCodes, ...Object.keys(sessionReasons), 'NETWORK'])
    expect(codes).toContain(code);
  for (const { title, cure } of rows) expect(Math.min(title.length, cure.length)).toBeGreaterThan(5);
});

it('is found by code in either case, and by words', () => {
  expect(codeOfHash(rows, 'no_space')).toBe('NO_SPACE');
  expect(codeOfHash(rows, '"><script>')).toBeNull();
  expect(searchRows(rows, 'disk FULL').map(({ code }) => code)).toEqual(['NO_SPACE']);
  expect(searchRows(rows, 'no space')[0]?.code).toBe('NO_SPACE');
  expect(searchRows(rows, '  ')).toHaveLength(rows.length);
});

it('brings the code of the address into view, and says when there is none like it', async () => {
  const scroll = vi.fn();
  Element.prototype.scrollIntoView = scroll;
  const router = await renderPage(() => <ErrorHelpPage all={rows} />);
  await router.navigate({ to: '/', hash: 'NO_SPACE' });
  const item = await vi.waitFor(() => {
    const current = document.querySelector<HTMLElement>('li[aria-current]');
    if (!current) throw new Error('no row is marked');
    return current;
  });
  expect(scroll).toHaveBeenCalled();
  expect(item.id).toBe('NO_SPACE');
  expect(within(item).getByText(errorTable.NO_SPACE.hint)).toBeTruthy();
  await router.navigate({ to: '/', hash: 'WHATEVER' });
  expect(await screen.findByText('WHATEVER is no code of this version.')).toBeTruthy();
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'xyzzy' } });
  expect(screen.getByText('No error matches')).toBeTruthy();
});

it('is led to from an error that is shown, in a tab of its own', async () => {
  const error = new ApiError('NO_SPACE', { message: 'The disk is full', hint: 'Free some.' });
  await renderPage(() => (
    <>
      <ErrorNote error={error} />
      <ErrorState error={error} />
    </>
  ));
  const links = screen.getAllByRole('link', { name: 'What can I do?' });
  expect(links.map((link) => [link.getAttribute('href'), link.getAttribute('target')])).toEqual([
    ['/help/errors#NO_SPACE', '_blank'],
    ['/help/errors#NO_SPACE', '_blank'],
  ]);
});
