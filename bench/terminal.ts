// `npm run bench:terminal`: the terminal's promises, each as a ratio to a yardstick taken in the same run.
import { Ground, type Measure } from './core/ground.js';
import { readOptions } from './core/options.js';
import { tableOf, type Row } from './core/table.js';
import { browser } from './rows/browser.js';
import { echo } from './rows/echo.js';
import { exact } from './rows/exact.js';
import { floodEcho } from './rows/flood-echo.js';
import { reattach } from './rows/reattach.js';
import { restart } from './rows/restart.js';
import { stalled } from './rows/stalled.js';
import { throughput } from './rows/throughput.js';

const measures: readonly Measure[] = [
  throughput,
  browser,
  echo,
  floodEcho,
  stalled,
  reattach,
  restart,
  exact,
];

async function main(): Promise<number> {
  const names = measures.map(({ name }) => name);
  const { quick, only, json } = readOptions(process.argv.slice(2), names);
  const ground = new Ground(quick);
  const rows: Row[] = [];
  try {
    for (const measure of measures) {
      if (only.length > 0 && !only.includes(measure.name)) continue;
      console.error(`${measure.name} ...`);
      rows.push(...(await measure.take(ground)));
    }
  } finally {
    await ground.stop();
  }
  console.log(json ? JSON.stringify(rows, null, 2) : tableOf(rows));
  return rows.every(({ passed }) => passed) ? 0 : 1;
}

process.exitCode = await main();
process.exit();
