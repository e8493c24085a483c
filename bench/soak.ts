// `npm run soak`: ten normal days of agents and viewers in half an hour, and nothing may grow.
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, newPage, signIn } from './core/browser.js';
import { Bed } from './core/bed.js';
import { Ground } from './core/ground.js';
import { readOptions } from './core/options.js';
import { loadAverage } from './core/process-figures.js';
import { tableOf } from './core/table.js';
import { rowsOf, Sampler } from './soak/sampler.js';
import { Churn } from './soak/churn.js';

const defaultMinutes = 30;
const quickMinutes = 3;
const sampleMs = 5_000;

async function main(): Promise<number> {
  const { quick, json, minutes } = readOptions(process.argv.slice(2));
  const forMs = (minutes ?? (quick ? quickMinutes : defaultMinutes)) * 60_000;
  const ground = new Ground(quick);
  const bed = await Bed.start();
  const chromium = await launch();
  try {
    const page = await newPage(chromium);
    await signIn(page, bed.stack.hub.url);
    const churn = new Churn(bed, page, ground.text(1));
    const sampler = new Sampler(bed, page);
    const end = performance.now() + forMs;
    const churning = churn.run(end);
    while (performance.now() < end) {
      await sleep(sampleMs);
      await sampler.take();
    }
    await churning;
    const rows = rowsOf(sampler.samples, loadAverage());
    console.log(json ? JSON.stringify({ rows, samples: sampler.samples }, null, 2) : tableOf(rows));
    console.log(churn.summary);
    for (const fault of churn.faults.slice(0, 10)) console.error(fault);
    return rows.every(({ passed }) => passed) && churn.faults.length === 0 ? 0 : 1;
  } finally {
    await chromium.close();
    await bed.stop();
    await ground.stop();
  }
}

process.exitCode = await main();
process.exit();
