// What people see while the database is away or takes no changes: the page stays, one line tells, and it goes by itself.
import { expect, test } from '@playwright/test';
import { DatabaseBed } from '../../stack/database-bed.js';
import { FakeAgent } from '../../stack/fake-agent.js';
import { WatchedPage } from '../../stack/watched-page.js';

let bed: DatabaseBed;
test.beforeAll(async () => {
  bed = await DatabaseBed.start();
});
test.afterAll(() => bed.stop());

test('R:C16 R:C18 a page stays usable while the database is away, and while it takes no changes', async ({
  page,
}) => {
  test.setTimeout(120_000);
  const { stack, daemon, postgres } = bed;
  const agent = await FakeAgent.start(stack, daemon, { do: 'echo' });
  const watched = await WatchedPage.watch(page);
  await watched.signIn(stack.hub.url);
  await page.goto(`${stack.hub.url}/sessions/${agent.id}`);
  const terminal = page.getByRole('textbox', { name: /terminal/i }).first();
  const rows = page.locator('.xterm-rows');
  /** The line across the page takes two rows from the terminal, of which this agent tells in the middle of what is typed. */
  const shows = (text: string): Promise<void> =>
    expect
      .poll(async () => (await rows.textContent())?.replaceAll(/SIZE \d+x\d+/g, ''), { timeout: 10_000 })
      .toContain(text);
  await expect(rows).toContainText('READY');

  await postgres.halt();
  const banner = page.getByRole('status').filter({ hasText: /database/i });
  await expect(banner).toContainText('The database is not reachable');
  await terminal.focus();
  await page.keyboard.type('while it is away');
  await shows('while it is away');
  // Another page shows what is known, and what it cannot show it tells.
  await page.getByRole('link', { name: 'Fleet' }).first().click();
  await expect(page.getByRole('heading', { name: 'Fleet', level: 1 })).toBeVisible();
  await expect(page.getByText('engine').first()).toBeVisible();
  await page.getByRole('link', { name: 'Usage' }).first().click();
  await expect(page.getByRole('alert').filter({ hasText: 'DB_UNAVAILABLE' }).first()).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('away.png') });
  await postgres.resume();
  await expect(banner).toHaveCount(0);
  await expect(page.getByRole('alert').filter({ hasText: 'DB_UNAVAILABLE' })).toHaveCount(0);

  await postgres.sql('ALTER SYSTEM SET default_transaction_read_only = on');
  await postgres.sql('SELECT pg_reload_conf()');
  await expect(banner).toContainText('The database is read-only');
  // Who loads the page now sees the same.
  await page.goto(`${stack.hub.url}/sessions/${agent.id}`);
  await shows('while it is away');
  await expect(banner).toContainText('Looking at sessions and typing keep working');
  await terminal.focus();
  await page.keyboard.type('and read-only');
  await shows('and read-only');
  await page.screenshot({ path: test.info().outputPath('read-only.png') });
  await postgres.sql('ALTER SYSTEM RESET default_transaction_read_only');
  await postgres.sql('SELECT pg_reload_conf()');
  await expect(banner).toHaveCount(0);
  expect(watched.faults).toEqual([]);
});
