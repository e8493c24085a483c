// Budgets in the browser: added by a person, spent by an agent, seen on its page; on a phone too.
import { expect, test } from '@playwright/test';
import { checkPage } from '../stack/accessible.js';
import { makeRepository } from '../stack/git-repo.js';
import { Stack } from '../stack/stack.js';
import { ToldAgent, toldProfile } from '../stack/told-agent.js';
import { WatchedPage } from '../stack/watched-page.js';

let stack: Stack;
let agent: ToldAgent;

test.beforeAll(async () => {
  stack = await Stack.start();
  const daemon = await stack.addDaemon('dev-01', { env: toldProfile(stack.base) });
  const project = makeRepository(daemon.root, 'engine');
  await stack.rescan(daemon);
  agent = await ToldAgent.start(stack, daemon, { project, name: 'Rebuild the boiler' });
});
test.afterAll(() => stack.stop());

test('a budget that is spent stops its agent, and says so (F:F13)', async ({ browser }) => {
  const context = await browser.newContext({
    viewport: { width: 390, height: 900 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const app = await WatchedPage.watch(page);
  await app.signIn(stack.hub.url);
  await page.goto(`${stack.hub.url}/analytics`);
  await page.getByRole('button', { name: 'Add budget' }).click();
  await page.getByLabel('For', { exact: true }).selectOption('project');
  await page.getByLabel('Project', { exact: true }).last().selectOption({ label: 'engine' });
  await page.getByLabel('Tokens').fill('2k');
  await page.getByLabel('When it is spent').selectOption('stop');
  await checkPage(app, 'the dialog of a budget');
  await page.screenshot({ path: test.info().outputPath('dialog.png') });
  await page.getByRole('dialog').getByRole('button', { name: 'Add budget' }).click();
  await expect(page.getByText('0 of 2k tokens')).toBeVisible();

  await agent.requests([
    {
      ...{ at: Date.now(), id: 'req-1', model: 'claude-opus-4-8', prompt: 'prompt-1' },
      ...{ input: 1200, output: 80, cacheRead: 900, cacheCreation: 300, dollars: 0.010325 },
    },
  ]);
  await expect
    .poll(async () => (await stack.session(agent.session.id)).stateReason?.code, { timeout: 30_000 })
    .toBe('BUDGET_SPENT');
  await page.reload();
  await expect(page.getByText('spent · stopped')).toBeVisible();
  const row = page.getByRole('meter', { name: 'Used of the budget: Project engine' });
  await row.scrollIntoViewIfNeeded();
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('main *')]
      .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && each.checkVisibility())
      .map((each) => each.outerHTML.slice(0, 120)),
  );
  expect(wide).toEqual([]);
  await checkPage(app, 'budgets on a phone');
  await page.screenshot({ path: test.info().outputPath('spent.png') });
  await page.getByRole('button', { name: 'Remove budget' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove budget' }).click();
  await expect(page.getByText(/No budget is set/)).toBeVisible();
  await context.close();
});
