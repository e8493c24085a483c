// Cards with the last lines of real screens: live, only while seen, and nothing moves under the reader.
import path from 'node:path';
import process from 'node:process';
import { expect, test, type Browser, type Page } from '@playwright/test';
import type { Session } from '@roundhouse/protocol';
import { checkPage } from '../stack/accessible.js';
import type { DaemonProcess } from '../stack/daemon.js';
import { installFakeAgents } from '../stack/fake-agents.js';
import { makeRepository } from '../stack/git-repo.js';
import { inRepository } from '../stack/paths.js';
import { scenes } from '../stack/scenes.js';
import { watchSent, type SentEvent } from '../stack/sent-events.js';
import { Stack } from '../stack/stack.js';
import { WatchedPage } from '../stack/watched-page.js';

/** Scenes whose agent is one; the others run in a shell. */
const byAgent: readonly string[] = ['engine', 'tender', 'timetable'];
const names: Readonly<Record<string, string>> = {
  ...{ engine: 'Boiler feed', tender: 'Coal gauge', turntable: 'Stall index' },
  ...{ 'signal-box': 'Signals at night', timetable: 'Summer time', waybill: 'Waybill service' },
};

let stack: Stack;
let daemon: DaemonProcess;
let shell: Session;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  stack = await Stack.start();
  const bin = path.join(stack.base, 'bin');
  installFakeAgents(bin, ['claude'], scenes);
  daemon = stack.makeDaemon('dev-01', { env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` } });
  const projects = [...Object.keys(scenes), 'workshop'].map((name) => makeRepository(daemon.root, name));
  const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'dev-01' });
  daemon.hostId = id;
  daemon.start(joinToken);
  await stack.online(daemon);
  for (const project of projects.slice(0, -1)) {
    const scene = path.basename(project);
    const profile = byAgent.includes(scene) ? 'claude' : 'bash';
    const session = await stack.running(daemon, { project, profile, name: names[scene] });
    if (profile === 'claude') continue;
    const viewer = await stack.view(session.id);
    await viewer.type(`exec ${bin}/claude\r`);
    viewer.close();
  }
  shell = await stack.running(daemon, { project: projects.at(-1), name: 'Workshop' });
});
test.afterAll(() => stack.stop());

interface Opened {
  readonly app: WatchedPage;
  readonly page: Page;
  readonly sent: readonly SentEvent[];
}

async function open(browser: Browser, theme: 'dark' | 'light' = 'dark'): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 900 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.addInitScript((choice) => localStorage.setItem('roundhouse.theme', choice), theme);
  const sent = watchSent(page);
  const app = await WatchedPage.watch(page);
  await app.signIn(stack.hub.url);
  return { app, page, sent };
}

const well = (page: Page, name: string) => page.getByRole('group', { name: `Last lines of ${name}` });
const watched = (sent: readonly SentEvent[]): unknown =>
  sent.findLast(({ name }) => name === 'preview.watch')?.payload.sessionIds;

test('a card shows what a shell prints, live', async ({ browser }) => {
  const { app, page } = await open(browser);
  await expect(well(page, 'Workshop')).toContainText('workshop');
  const viewer = await stack.view(shell.id);
  const took: number[] = [];
  for (const round of [1, 2, 3]) {
    const start = Date.now();
    await viewer.type(`echo live-${round}-$((40+2))\r`);
    await expect(well(page, 'Workshop')).toContainText(`live-${round}-42`);
    took.push(Date.now() - start);
  }
  // The others wait for a busy machine; one of three shows what it can do.
  expect(Math.min(...took)).toBeLessThan(1000);
  await expect(well(page, names['engine'] ?? '')).toContainText('Writing the concurrency test');
  await expect(page.getByText('Make the boiler feed idempotent')).toBeVisible();
  viewer.close();
  expect(app.faults).toEqual([]);
  await page.context().close();
});

test('an ended session keeps its last lines', async ({ browser }) => {
  const { page } = await open(browser);
  await expect(well(page, names['signal-box'] ?? '')).toContainText('1 failed');
  await page.context().close();
});

test('only cards in view are watched, and none of a hidden page or of another one', async ({ browser }) => {
  const { page, sent } = await open(browser);
  await expect.poll(() => watched(sent)).toHaveLength(7);
  const hide = (hidden: boolean) =>
    page.evaluate((now) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => now });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await hide(true);
  await expect.poll(() => watched(sent)).toEqual([]);
  await hide(false);
  await expect.poll(() => watched(sent)).toHaveLength(7);
  await page.setViewportSize({ width: 390, height: 500 });
  await expect.poll(() => (watched(sent) as string[]).length).toBeLessThan(7);
  await page.getByRole('link', { name: 'Hosts' }).last().click();
  await expect.poll(() => watched(sent)).toEqual([]);
  await page.context().close();
});

test('lines that change move nothing', async ({ browser }) => {
  const { page } = await open(browser);
  await expect(well(page, names['engine'] ?? '')).toContainText('Writing');
  await page.evaluate(() => {
    const seen = window as unknown as { moved: string[] };
    seen.moved = [];
    interface Shift extends PerformanceEntry {
      sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
    }
    new PerformanceObserver((list) => {
      for (const { sources } of list.getEntries() as Shift[])
        for (const { node, previousRect, currentRect } of sources) {
          const element = node instanceof Element ? node : node?.parentElement;
          const [from, to] = [JSON.stringify(previousRect), JSON.stringify(currentRect)];
          // Words within a line of a screen may move; that is what the screen shows. A text that is made anew where it was
          // is told too.
          if (element && from !== to && !element.closest('[aria-label^="Last lines of"]'))
            seen.moved.push(`${element.outerHTML} ${from} ${to}`);
        }
    }).observe({ type: 'layout-shift' });
  });
  const before = await well(page, names['engine'] ?? '').boundingBox();
  const face = await well(page, names['engine'] ?? '').textContent();
  const viewer = await stack.view(shell.id);
  await viewer.type('seq 40\r');
  await expect(well(page, 'Workshop')).toContainText('40');
  await expect.poll(() => well(page, names['engine'] ?? '').textContent()).not.toBe(face);
  expect(await well(page, names['engine'] ?? '').boundingBox()).toEqual(before);
  expect(await page.evaluate(() => (window as unknown as { moved: string[] }).moved)).toEqual([]);
  viewer.close();
  await page.context().close();
});

for (const theme of ['dark', 'light'] as const)
  test(`live cards in ${theme}: nothing serious for axe`, async ({ browser }) => {
    const { app, page } = await open(browser, theme);
    for (const name of Object.values(names)) await expect(well(page, name)).toHaveText(/\S{3}/);
    await checkPage(app, 'fleet with live cards');
    if (theme === 'dark') await picture(page);
    await page.context().close();
  });

/** For the README; only when asked, so that a test run changes no file. */
async function picture(page: Page): Promise<void> {
  if (process.env['ROUNDHOUSE_SCREENSHOT'] !== '1') return;
  // Of the six at work: the workshop's numbers are for tests.
  await stack.rest.ok('POST', `sessions/${shell.id}/stop`, {});
  await expect(well(page, 'Workshop')).toBeHidden();
  await page.mouse.move(700, 890);
  await page.screenshot({ path: path.join(inRepository('docs/images'), 'fleet.png') });
}
