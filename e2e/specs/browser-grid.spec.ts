// Four real sessions side by side: all are seen, one is typed into, nobody else's size changes.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import type { Session } from '@roundhouse/protocol';
import { checkPage } from '../stack/accessible.js';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { watchSent, type SentEvent } from '../stack/sent-events.js';
import { Stack } from '../stack/stack.js';
import { WatchedPage } from '../stack/watched-page.js';

let stack: Stack;
let daemon: DaemonProcess;
let projects: string[];
const sessions: Session[] = [];

test.beforeAll(async () => {
  test.setTimeout(120_000);
  stack = await Stack.start();
  daemon = stack.makeDaemon('dev-01');
  projects = ['engine', 'tender', 'turntable', 'waybill'].map((name) => makeRepository(daemon.root, name));
  const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'dev-01' });
  daemon.hostId = id;
  daemon.start(joinToken);
  await stack.online(daemon);
  for (const [at, project] of projects.entries()) {
    const session = await stack.running(daemon, { project, name: `grid-${at + 1}` });
    const viewer = await stack.view(session.id);
    await viewer.type(`echo shell-${at + 1}-$((40+2))\r`);
    await viewer.sees(`shell-${at + 1}-42`);
    viewer.close();
    sessions.push(session);
  }
});
test.afterAll(() => stack.stop());

interface Opened {
  readonly app: WatchedPage;
  readonly page: Page;
  readonly sent: readonly SentEvent[];
}

async function open(browser: Browser, layout: string, theme: 'dark' | 'light' = 'dark'): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 900 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.addInitScript((choice) => localStorage.setItem('roundhouse.theme', choice), theme);
  const sent = watchSent(page);
  const app = await WatchedPage.watch(page);
  await app.signIn(stack.hub.url);
  await page.goto(`${stack.hub.url}/grid?layout=${layout}&s=${sessions.map(({ id }) => id).join()}`);
  return { app, page, sent };
}

const tile = (page: Page, n: number) => page.getByRole('region', { name: new RegExp(`^Tile ${n}:`) });
/** The emulator draws on a canvas: its screen is read as a screen reader reads it. */
const text = (page: Page, n: number) => tile(page, n).locator('.xterm-accessibility');
const input = (page: Page, n: number) => tile(page, n).getByRole('textbox', { name: /^Terminal of/ });
const readable = (page: Page) => page.getByRole('button', { name: 'Screen reader mode' }).click();
const sizes = async () => {
  const now = await Promise.all(sessions.map(({ id }) => stack.session(id)));
  return now.map(({ cols, rows }) => `${cols}x${rows}`);
};

test('all are seen, what is typed goes to one, and only its size may change', async ({ browser }) => {
  const { app, page } = await open(browser, '2x2');
  await readable(page);
  for (const n of [1, 2, 3, 4]) await expect(text(page, n)).toContainText(`shell-${n}-42`);
  const before = await sizes();
  expect(new Set(before)).toEqual(new Set(['100x30']));
  await input(page, 2).focus();
  await page.keyboard.type('echo typed > here.txt; echo into-$((1+1))\n');
  await expect(text(page, 2)).toContainText('into-2');
  for (const n of [1, 3, 4]) await expect(text(page, n)).not.toContainText('into');
  expect(projects.map((project) => existsSync(path.join(project, 'here.txt')))).toEqual([
    ...[false, true, false, false],
  ]);
  await expect.poll(async () => (await sizes())[1]).not.toBe('100x30');
  const after = await sizes();
  expect([after[0], after[2], after[3]]).toEqual([before[0], before[2], before[3]]);
  expect(app.faults).toEqual([]);
  await page.context().close();
});

test('F6 leads out of a terminal, a number into another, Esc back', async ({ browser }) => {
  const { page } = await open(browser, '2x2');
  for (const n of [1, 3]) await expect(input(page, n)).toBeAttached();
  await input(page, 1).focus();
  await page.keyboard.press('F6');
  await expect(tile(page, 1).getByRole('link', { name: /^Open/ })).toBeFocused();
  await page.keyboard.press('3');
  await expect(input(page, 3)).toBeFocused();
  await page.keyboard.press('F6');
  await page.keyboard.press('ArrowLeft');
  await expect(tile(page, 2).getByRole('link', { name: /^Open/ })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(input(page, 2)).toBeFocused();
  await page.context().close();
});

test('the address keeps set and order; only tiles in view are attached', async ({ browser }) => {
  const { page, sent } = await open(browser, '1x2');
  await expect(input(page, 2)).toBeAttached();
  const attached = () =>
    sent.filter(({ name }) => name === 'session.attach').map(({ payload }) => payload.sessionId);
  expect(attached()).not.toContain(sessions[3]?.id);
  await page.getByRole('button', { name: /^Move grid-1/ }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(tile(page, 2)).toHaveAccessibleName('Tile 2: grid-1');
  await page.reload();
  await expect(tile(page, 1)).toHaveAccessibleName('Tile 1: grid-2');
  await tile(page, 4).scrollIntoViewIfNeeded();
  await expect(input(page, 4)).toBeAttached();
  await expect.poll(() => sent.filter(({ name }) => name === 'session.detach').length).toBeGreaterThan(0);
  await expect(input(page, 1)).not.toBeAttached();
  await page.context().close();
});

test('a session is added from its card, and the bare address shows the set again', async ({ browser }) => {
  const { page } = await open(browser, '2x2');
  await page.getByRole('button', { name: 'Remove grid-4 from the grid' }).click();
  await expect(tile(page, 4)).toBeHidden();
  await page.getByRole('link', { name: 'Fleet' }).first().click();
  await page.getByRole('button', { name: 'Actions of grid-4' }).click();
  await page.getByRole('menuitem', { name: 'Add to grid' }).click();
  await page.getByRole('link', { name: 'Grid' }).first().click();
  await expect(tile(page, 4)).toHaveAccessibleName('Tile 4: grid-4');
  await expect(page).toHaveURL(/s=/);
  await page.context().close();
});

test('on a phone one tile at a time', async ({ browser }) => {
  const { page } = await open(browser, '2x2');
  await page.setViewportSize({ width: 390, height: 800 });
  await expect(page.getByRole('region', { name: /^Tile/ })).toHaveCount(1);
  await page.getByRole('navigation', { name: 'Tiles' }).getByRole('button').nth(2).click();
  await expect(tile(page, 3)).toBeVisible();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  await page.context().close();
});

for (const theme of ['dark', 'light'] as const)
  test(`grid in ${theme}: nothing serious for axe`, async ({ browser }) => {
    const { app, page } = await open(browser, '2x2', theme);
    await readable(page);
    await expect(text(page, 4)).toContainText('shell-4-42');
    await checkPage(app, 'grid');
    await page.getByRole('radio', { name: 'Focus' }).click();
    await expect(page.getByRole('group', { name: 'Last lines of grid-4' })).toContainText('$');
    await checkPage(app, 'grid with a strip');
    await page.goto(`${stack.hub.url}/grid?s=`);
    await expect(page.getByText('Sessions side by side')).toBeVisible();
    await checkPage(app, 'empty grid');
    await page.context().close();
  });
