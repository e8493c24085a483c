// @vitest-environment happy-dom
// The banner: one line at a time, the link first, then what the hub says of its database.
import { cleanup, render, screen } from '@testing-library/react';
import { act } from 'react';
import { afterEach, expect, it } from 'vitest';
import { connection, database, healthyDatabase } from '../../lib/connection.js';
import { ConnectionBanner } from './connection-state.js';

afterEach(() => {
  cleanup();
  connection.set({ phase: 'connecting' });
  database.set(healthyDatabase);
});

it('R:C18 tells that the database is away, or takes no changes and why, and goes when it is well', () => {
  connection.set({ phase: 'live', generation: 1 });
  render(<ConnectionBanner />);
  expect(screen.queryByRole('status')).toBeNull();
  act(() => database.set({ state: 'down', reason: null }));
  expect(screen.getByRole('status').textContent).toMatch(/not reachable.*Terminals keep working/);
  act(() => database.set({ state: 'read-only', reason: 'The disk of the database is full' }));
  expect(screen.getByRole('status').textContent).toMatch(/disk of the database is full.*typing keep working/);
  act(() => connection.set({ phase: 'reconnecting', attempt: 1, since: 0 }));
  expect(screen.getByRole('status').textContent).toMatch(/connection to the hub is lost/);
  act(() => {
    connection.set({ phase: 'live', generation: 2 });
    database.set(healthyDatabase);
  });
  expect(screen.queryByRole('status')).toBeNull();
});
