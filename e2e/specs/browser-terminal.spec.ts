// The terminal in Chromium: the same screen after a reload, with two sizes, under a flood; the page stays quick.
import path from 'node:path';
import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { FakeAgent } from '../stack/fake-agent.js';
import { percentile } from '../stack/measure.js';
import { bar, isBar, sized } from '../stack/size.js';
import { makeBed, type TerminalBed } from '../stack/terminal-bed.js';
import { TerminalPage } from '../stack/terminal-page.js';

test.describe.configure({ mode: 'serial' });
test.setTimeout(180_000);

let bed: TerminalBed;

test.beforeAll(async () => {
  bed = await makeBed();
});
test.afterAll(() => bed.stack.stop());

const shell = (name: string) =>
  bed.stack.running(bed.daemon, { project: path.join(bed.daemon.root, 'engine'), name });

/** About that many bytes of coloured text with a marker at the end. */
function textFile(name: string, bytes: number): string {
  const line = (n: number): string =>
    `\u001b[3${n % 8}m${String(n).padStart(7, '0')}\u001b[0m — some output of an agent, 漢字 and ✓ marks, as long as a line is\r\n`;
  const count = Math.ceil(bytes / Buffer.byteLength(line(0)));
  mkdirSync(bed.daemon.root, { recursive: true });
  const file = path.join(bed.daemon.root, name);
  writeFileSync(file, Array.from({ length: count }, (_, n) => line(n)).join(''));
  return file;
}

test(
  'R:D9 a reload of a session with 1 MiB of history shows the identical screen at once',
  bar,
  async ({ browser }) => {
    const session = await shell('history');
    const file = textFile('history.txt', 1024 * 1024);
    const terminal = await TerminalPage.open(browser, bed.stack, session.id);
    const { page } = terminal;
    await terminal.keys(`cat ${file}; printf '\\033[5;9Hhere\\033[0m\\n'; echo end-$((1+1))\n`);
    const viewer = await bed.stack.view(session.id);
    await viewer.sees('end-2', { timeoutMs: 60_000 });
    expect(await terminal.selfTest()).toMatch(/^Identical at byte/);
    const took: number[] = [];
    for (let load = 0; load < sized(3, 20); load += 1) {
      await page.reload({ waitUntil: 'commit' });
      // From the beginning of the page to the parsed screen: said by the mark that the page leaves.
      await page.waitForFunction(() => performance.getEntriesByName('terminal-drawn').length > 0);
      took.push(
        await page.evaluate(() => performance.getEntriesByName('terminal-drawn')[0]?.startTime ?? NaN),
      );
      expect(await terminal.selfTest(), `load ${load}`).toMatch(/^Identical at byte/);
    }
    console.log(
      `reload: p50 ${percentile(took, 0.5).toFixed(0)} ms, p95 ${percentile(took, 0.95).toFixed(0)} ms`,
    );
    expect(percentile(took, 0.95)).toBeLessThan(isBar ? 1000 : 5000);
    await terminal.close();
  },
);

test('R:D17 two browsers of different size, and a phone: the terminal keeps the size of who types', async ({
  browser,
}) => {
  const session = await shell('sizes');
  const wide = await TerminalPage.open(browser, bed.stack, session.id, { width: 1600, height: 900 });
  await wide.keys('echo wide-$((1+1))\n');
  // Alone it has the size of its window, as soon as the host has answered.
  await expect.poll(() => wide.grid()).not.toBe('100 × 30');
  const before = await wide.grid();
  const narrow = await TerminalPage.open(browser, bed.stack, session.id, { width: 900, height: 600 });
  const phone = await browser.newContext({
    storageState: await wide.page.context().storageState(),
    viewport: { width: 390, height: 700 },
    hasTouch: true,
    isMobile: true,
  });
  const small = await phone.newPage();
  await small.goto(wide.url);
  await expect(small.locator('.xterm-screen')).toBeVisible();
  await expect(wide.page.getByText(/other views?$/)).toHaveText('2 other views');
  await narrow.page.setViewportSize({ width: 700, height: 500 });
  await small.setViewportSize({ width: 700, height: 390 });
  // A resize would be asked for within this time, by whoever is wrong.
  await narrow.page.waitForTimeout(700);
  expect(await wide.grid()).toBe(before);
  expect(await narrow.grid()).toBe(before);
  expect(await narrow.selfTest()).toMatch(/^Identical at byte/);
  // A phone that types leaves the size to those who have room.
  await small.locator('.xterm-helper-textarea').focus();
  await small.keyboard.type('echo phone-$((40+2))\n');
  await (await bed.stack.view(session.id)).sees('phone-42');
  await small.waitForTimeout(700);
  expect(await wide.grid()).toBe(before);
  // The latest of one user's own views to type takes over, and its size with it.
  await narrow.keys('echo narrow\n');
  await expect.poll(() => wide.grid()).not.toBe(before);
  expect(await wide.selfTest()).toMatch(/^Identical at byte/);
  await phone.close();
  await narrow.close();
  await wide.close();
});

test('the self-test says identical while a full-screen program draws', async ({ browser }) => {
  const agent = await FakeAgent.start(bed.stack, bed.daemon, { do: 'tui', frames: 100_000, everyMs: 20 });
  const terminal = await TerminalPage.open(browser, bed.stack, agent.id);
  for (let run = 0; run < 5; run += 1) expect(await terminal.selfTest()).toMatch(/^Identical at byte/);
  await terminal.page.keyboard.press('Escape');
  await terminal.keys('q');
  await terminal.close();
});

test('10 MB of output: a key pressed meanwhile is handled within 100 ms', bar, async ({ browser }) => {
  const session = await shell('flood');
  const file = textFile('flood.txt', 10_000_000);
  const terminal = await TerminalPage.open(browser, bed.stack, session.id);
  const { page } = terminal;
  await terminal.keys(`clear; cat ${file}; echo end-$((1+1))\n`);
  // Keys while it floods: the time from the event to its handling is what a person waits for the page.
  await page.evaluate(() => {
    const noted = window as unknown as { waits: number[]; longest: number };
    noted.waits = [];
    noted.longest = 0;
    addEventListener('keydown', (event) => noted.waits.push(performance.now() - event.timeStamp), true);
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) noted.longest = Math.max(noted.longest, duration);
    }).observe({ type: 'longtask' });
  });
  const viewer = await bed.stack.view(session.id, { prefer: 'screen' });
  const ended = viewer.sees('end-2', { timeoutMs: 120_000 }).then(() => true);
  let over = false;
  void ended.then(() => (over = true));
  // The page may still draw when the last byte has come; a fast line leaves little time before.
  for (let key = 0; key < 400 && (!over || key < 20); key += 1) {
    await page.keyboard.press('x');
    await page.waitForTimeout(20);
  }
  await ended;
  const { waits, longest } = await page.evaluate(() => {
    const noted = window as unknown as { waits: number[]; longest: number };
    return { waits: noted.waits, longest: noted.longest };
  });
  console.log(
    `keys under 10 MB: ${waits.length}, p50 ${percentile(waits, 0.5).toFixed(1)} ms, ` +
      `p99 ${percentile(waits, 0.99).toFixed(1)} ms, most ${Math.max(...waits).toFixed(1)} ms; longest task ${longest} ms`,
  );
  expect(waits.length).toBeGreaterThan(5);
  expect(percentile(waits, 0.95)).toBeLessThan(isBar ? 100 : 1000);
  expect(await terminal.selfTest()).toMatch(/^Identical at byte/);
  await terminal.close();
});
