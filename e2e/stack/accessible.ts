// What every page must pass: nothing serious for axe, nothing that the page's policy forbids.
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import type { WatchedPage } from './watched-page.js';

export async function checkPage(app: WatchedPage, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page: app.page }).analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${what}: ${id} at ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  expect.soft(serious).toEqual([]);
  expect.soft(app.faults, what).toEqual([]);
}
