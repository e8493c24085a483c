// A flood in Chromium: from the return key until its last line is painted, against the least page that can show it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { launch, magentaSeen, newPage, paintMagenta, signIn } from '../core/browser.js';
import type { Ground, Measure } from '../core/ground.js';
import { loadAverage } from '../core/process-figures.js';
import { median } from '../core/stats.js';
import type { Row } from '../core/table.js';
import { withTimeout } from '../core/with-timeout.js';

const sizeMb = { full: 20, quick: 4 } as const;
const rounds = { full: 3, quick: 1 } as const;
const limit = 1.3;
/** What a page needs to settle after it was opened. */
const settleMs = 2_000;

export const browser: Measure = { name: 'browser', take };

async function take(ground: Ground): Promise<Row[]> {
  const file = ground.text(ground.quick ? sizeMb.quick : sizeMb.full);
  const bed = await ground.bed();
  const session = await bed.session();
  const { port } = await ground.oneHopServer();
  const chromium = await launch();
  try {
    const bare = await newPage(chromium);
    await bare.goto(`http://127.0.0.1:${port}/`);
    await bare.waitForFunction(() => document.title === 'connected');
    const ours = await newPage(chromium);
    await signIn(ours, bed.stack.hub.url);
    await ours.goto(`${bed.stack.hub.url}/sessions/${session}`);
    await ours.getByRole('textbox', { name: /^Terminal of/ }).waitFor();
    await sleep(settleMs);
    const times: [number[], number[]] = [[], []];
    for (const page of [bare, ours]) await flood(page, file);
    for (let round = 0; round < (ground.quick ? rounds.quick : rounds.full); round += 1) {
      times[0].push(await flood(bare, file));
      times[1].push(await flood(ours, file));
    }
    return [rowOf(...times)];
  } finally {
    await chromium.close();
  }
}

/** Milliseconds from the return key until the screen behind the flood is painted. */
async function flood(page: Page, file: string): Promise<number> {
  await page.bringToFront();
  await page.getByRole('textbox', { name: /Terminal/ }).focus();
  await page.keyboard.type('clear\n');
  await sleep(settleMs / 2);
  await page.keyboard.type(`cat ${file}; ${paintMagenta}`);
  await sleep(settleMs / 4);
  const seen = page.evaluate(magentaSeen);
  const began = Date.now();
  await page.keyboard.press('Enter');
  return (await withTimeout(seen, 120_000, 'the last line is painted')) - began;
}

function rowOf(bare: readonly number[], ours: readonly number[]): Row {
  const ratio = median(ours.map((ms, round) => ms / (bare[round] ?? Number.NaN)));
  return {
    measure: 'Chromium: flood until the last line is painted',
    yardstick: `bare page ${(median(bare) / 1_000).toFixed(2)} s`,
    ours: `${(median(ours) / 1_000).toFixed(2)} s`,
    result: `${ratio.toFixed(2)}x`,
    limit: `<= ${limit}x`,
    passed: ratio <= limit,
    load: loadAverage(),
  };
}
