// @vitest-environment happy-dom
// A short result that failed leads to its cure; one that worked has nothing to cure.
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { ApiError } from '../lib/api-error.js';
import { toast } from './toast.js';
import { Toaster } from './toaster.js';

afterEach(cleanup);

it('leads from an error to its cure', async () => {
  render(<Toaster />);
  toast.done('Renamed', { description: 'It is dev-02 now.' });
  await screen.findByText('It is dev-02 now.');
  expect(screen.queryByRole('link')).toBeNull();
  toast.error(new ApiError('NO_SPACE', { message: 'The disk is full', hint: 'Free some.' }));
  const link = await screen.findByRole('link', { name: 'What can I do?' });
  expect(link.getAttribute('href')).toBe('/help/errors#NO_SPACE');
});

it('leads nowhere from what was given up in the page itself: there is no code to look up', async () => {
  render(<Toaster />);
  toast.error(new ApiError('ABORTED', { message: 'The window was blocked' }));
  const text = await screen.findByText('The window was blocked');
  const shown = text.closest('[data-sonner-toast]');
  expect(shown?.querySelector('a, [data-description]')).toBeNull();
});
