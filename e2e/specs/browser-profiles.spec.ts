// The profiles page with a real host: a file that breaks keeps its last good version, with the mistake, until it is
// repaired; a text is checked by the hub (R:H13).
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, type Browser } from '@playwright/test';
import type { ProfileOnHosts, ProfileSummary } from '@roundhouse/protocol';
import { checkPage } from '../stack/accessible.js';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { Stack } from '../stack/stack.js';
import { WatchedPage } from '../stack/watched-page.js';

let stack: Stack;
let daemon: DaemonProcess;
let directory = '';
const put = (file: string, text: string): void => writeFileSync(path.join(directory, file), text);

test.beforeAll(async () => {
  stack = await Stack.start();
  directory = path.join(stack.base, 'own-profiles');
  mkdirSync(directory);
  put('tram.yaml', 'name: tram\ndisplay_name: Tram\nalways_available: true\nbinary: sh\n');
  daemon = stack.makeDaemon('dev-01', { env: { PROFILES_DIR: directory } });
  makeRepository(daemon.root, 'engine');
  const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'dev-01' });
  daemon.hostId = id;
  daemon.start(joinToken);
  await stack.online(daemon);
});
test.afterAll(() => stack.stop());

async function open(browser: Browser, theme: 'dark' | 'light', width = 1400): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.addInitScript((choice) => {
    localStorage.setItem('roundhouse.theme', choice);
  }, theme);
  const app = await WatchedPage.watch(page);
  await app.signIn(stack.hub.url);
  await page.goto(`${stack.hub.url}/profiles`);
  return app;
}

test('F:B15 a file that breaks keeps its last good version on the page, until it is repaired', async ({
  browser,
}) => {
  const app = await open(browser, 'dark');
  const { page } = app;
  const tram = page.getByRole('group', { name: 'Tram' });
  await expect(tram).toContainText('Your own tram.yaml');
  await expect(tram).toContainText('Ready');
  put('tram.yaml', 'name: tram\ndisplay_name: Tramway\ncolour: red\n');
  await expect(tram).toContainText('Last good version');
  await expect(tram).toContainText('tram.yaml:3 colour');
  await checkPage(app, 'a stale profile');
  const items = (await stack.rest.get<{ items: ProfileSummary[] }>('profiles')).items;
  expect(items.find(({ name }) => name === 'tram')).toMatchObject({
    displayName: 'Tram',
    hosts: [{ hostName: 'dev-01', available: true, source: 'user', stale: true, problems: 1 }],
  });
  const one = await stack.rest.get<ProfileOnHosts>('profiles/tram');
  expect(one.hosts[0]?.problems).toMatchObject([{ file: 'tram.yaml', line: 3, field: 'colour' }]);
  put('tram.yaml', 'name: tram\ndisplay_name: Tramway\nalways_available: true\nbinary: sh\n');
  await expect(page.getByRole('group', { name: 'Tramway' })).not.toContainText('Last good version');
  rmSync(path.join(directory, 'tram.yaml'));
  await expect(page.getByRole('group', { name: 'Tramway' })).toBeHidden();
  await page.context().close();
});

test('F:A10 F:B10 each agent says why it is not available, and what is not applied', async ({ browser }) => {
  const app = await open(browser, 'light');
  const agy = app.page.getByRole('group', { name: 'Antigravity' });
  await expect(agy).toContainText('Not available');
  await expect(agy).toContainText('is not on the PATH of the daemon; install it, then rescan the host');
  await expect(agy).toContainText('are not applied');
  await checkPage(app, 'profiles, light');
  await app.page.context().close();
});

test('R:H13 a text is checked with field and line; nothing is stored', async ({ browser }) => {
  const app = await open(browser, 'light', 390);
  const { page } = app;
  await expect(page.getByRole('group', { name: 'Bash' })).toBeVisible();
  await page.getByLabel('Text', { exact: true }).fill('name: myagent\ncolour: red\ncommands: { new: x }');
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(page.getByText('Line 2 colour')).toBeVisible();
  await expect(page.getByText('Line 3 commands.new')).toBeVisible();
  await page.getByLabel('Text', { exact: true }).fill('name: myagent');
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(page.getByText('This is a profile')).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  // The refusal of the first text is in the browser's console as a failed request: expected.
  expect(app.faults.filter((fault) => !fault.includes('422'))).toEqual([]);
  await page.context().close();
});
