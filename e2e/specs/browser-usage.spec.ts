// Usage in the browser: the numbers of the page are those of the agent's own ledger, in every view and size.
import { expect, test, type Browser } from '@playwright/test';
import type { UsageReply } from '@roundhouse/protocol';
import { checkPage } from '../stack/accessible.js';
import { makeRepository } from '../stack/git-repo.js';
import { Stack } from '../stack/stack.js';
import { ToldAgent, toldProfile, type ToldRequest } from '../stack/told-agent.js';
import { until } from '../stack/wait.js';
import { WatchedPage } from '../stack/watched-page.js';

/** Six turns of Claude Code as they were recorded: 1,200 / 80 / 900 / 300 tokens for 0.010325 dollars each. */
const turns = (now: number): ToldRequest[] =>
  Array.from({ length: 6 }, (_, i) => ({
    ...{ at: now - (6 - i) * 1_000, id: `req-${i}`, model: 'claude-opus-4-8', prompt: `prompt-${i >> 1}` },
    ...{ input: 1200, output: 80, cacheRead: 900, cacheCreation: 300, dollars: 0.010325 },
  }));

let stack: Stack;
let agent: ToldAgent;
let usage: UsageReply;

test.beforeAll(async () => {
  stack = await Stack.start();
  const daemon = await stack.addDaemon('dev-01', { env: toldProfile(stack.base) });
  const project = makeRepository(daemon.root, 'engine');
  await stack.rescan(daemon);
  agent = await ToldAgent.start(stack, daemon, { project, name: 'Rebuild the boiler' });
  const now = Date.now();
  for (const n of [0, 1, 2]) await agent.prompt({ at: now - 7_000, id: `prompt-${n}`, characters: 40 });
  await agent.requests(turns(now));
  for (const [i, ok] of [true, true, false].entries())
    await agent.tool({ at: now, id: `tool-${i}`, name: 'Bash', ok });
  usage = await until(
    async () => {
      const reply = await stack.rest.get<UsageReply>('usage?groupBy=model&bucket=minute');
      return reply.total.requests === 6 && reply.total.toolCalls === 3 && reply;
    },
    { what: 'the numbers have arrived', timeoutMs: 30_000 },
  );
});
test.afterAll(() => stack.stop());

async function open(browser: Browser, width: number, theme: 'dark' | 'light'): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  const page = await context.newPage();
  await page.addInitScript((choice) => localStorage.setItem('roundhouse.theme', choice), theme);
  const app = await WatchedPage.watch(page);
  await app.signIn(stack.hub.url);
  return app;
}

test('the six-times-too-low cost of the main seed is impossible: what REST and page say is the sum of all turns', async ({
  browser,
}) => {
  expect(usage.total.costNanos).toBe(61_950_000);
  expect(usage.total.tokens).toEqual({
    ...{ input: 7200, output: 480, cacheRead: 5400, cacheCreation: 1800, reasoning: 0 },
  });
  // The cache-blind context bar is impossible: what was sent is counted with its cached parts.
  const session = await stack.session(agent.session.id);
  expect(session.context?.used).toBe(2400);

  const app = await open(browser, 1400, 'dark');
  const { page } = app;
  await expect(page.getByText('Today')).toContainText('$0.06');
  await page.getByRole('link', { name: 'Usage' }).first().click();
  await expect(page.locator('dl', { hasText: 'Cost' }).first()).toContainText('$0.06');
  await expect(page.getByText('15k').first()).toBeVisible();
  await expect(page.getByRole('cell', { name: '33.3%' })).toBeVisible();
  await expect(page.getByText('claude-opus-4-8').first()).toBeVisible();
  await checkPage(app, 'usage');
  // Money is not told apart by kind: bars of it are of models, and are not empty.
  await page.getByRole('radio', { name: 'Cost' }).click();
  await expect(page.getByRole('group', { name: /^Cost over time.* \$0\.06 in all/ })).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'By' })).toHaveValue('model');
  await page.getByRole('radio', { name: 'Tokens' }).click();
  await page.getByRole('group', { name: /Tokens over time/ }).press('ArrowLeft');
  await expect(page.getByText('Total').first()).toBeVisible();
  await page.getByRole('radio', { name: 'Table' }).click();
  await expect(page.getByRole('columnheader', { name: 'Cache write' })).toBeVisible();
  await checkPage(app, 'usage as a table');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'CSV' }).click(),
  ]);
  const text = await (await file.createReadStream()).toArray();
  expect(Buffer.concat(text).toString()).toContain('claude-opus-4-8');
  await page.context().close();
});

test("a session's own telemetry", async ({ browser }) => {
  const app = await open(browser, 1400, 'light');
  const { page } = app;
  await page.goto(`${stack.hub.url}/sessions/${agent.session.id}`);
  await page.getByRole('button', { name: 'Telemetry' }).click();
  await expect(page.getByRole('region', { name: 'Telemetry' })).toContainText('15k');
  await expect(page.getByRole('region', { name: 'Telemetry' })).toContainText('Dearest prompts');
  await checkPage(app, "a session's telemetry");
  await page.goBack();
  await expect(page.locator('.xterm')).toBeVisible();
  await page.context().close();
});

for (const [path, words] of [
  ['analytics', 'Median'],
  ['sessions', 'Their text stays on the host.'],
] as const)
  test(`${path} at 390 px never scrolls sideways`, async ({ browser }) => {
    const app = await open(browser, 390, 'dark');
    const { page } = app;
    const place = path === 'sessions' ? `sessions/${agent.session.id}?tab=telemetry` : path;
    await page.goto(`${stack.hub.url}/${place}`);
    await expect(page.getByText(words, { exact: true }).last()).toBeVisible();
    await expect(page.getByText('15k').last()).toBeVisible();
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('main *')]
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && each.checkVisibility())
        .map((each) => each.outerHTML.slice(0, 120)),
    );
    expect(wide).toEqual([]);
    await checkPage(app, `${path} on a phone`);
    await page.context().close();
  });
