// What every page must pass: nothing serious for axe, nothing that the page's policy forbids.
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import type { WatchedPage } from './watched-page.js';

export async function checkPage(app: WatchedPage, what: string): Promise<void> {
  // In the page itself: the other mode opens one more for each look, for frames of other sites, of which there are none.
  const axe = new AxeBuilder({ page: app.page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const { violations } = await axe.analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${what}: ${id} at ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  expect.soft(serious).toEqual([]);
  expect.soft(app.faults, what).toEqual([]);
}
