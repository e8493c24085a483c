// How long a keystroke takes to come back: one typed byte, echoed by a program that does nothing else.
import type { Ground, Measure } from '../core/ground.js';
import { loadAverage } from '../core/process-figures.js';
import { percentile } from '../core/stats.js';
import type { Row } from '../core/table.js';
import { withTimeout } from '../core/with-timeout.js';
import type { Terminal } from '../terminals/terminal.js';
import { setTimeout as sleep } from 'node:timers/promises';

const keystrokes = { full: 300, quick: 60 } as const;
/**
 * Typed first, quickly and not counted: programs that have run for a while are measured, on both sides, and not how Node
 * compiles them. What the first keys of a new session cost stands beside the figures.
 */
const warmUp = { full: 1_500, quick: 300, paceMs: 2 } as const;
const firstKeys = 50;
/** Between two keystrokes: a fast typist's pace, and longer than any output is put together. */
const paceMs = 25;

export const echo: Measure = { name: 'echo', take };

async function take(ground: Ground): Promise<Row[]> {
  const bed = await ground.bed();
  const [oneHop, ours] = [await ground.oneHop(), await bed.terminal()];
  const times: [number[], number[]] = [[], []];
  let first: number[];
  try {
    await becomeEcho(oneHop);
    await becomeEcho(ours);
    const cold = { bare: [] as number[], full: [] as number[] };
    for (let number = 0; number < (ground.quick ? warmUp.quick : warmUp.full); number += 1) {
      const pace = number < firstKeys ? paceMs : warmUp.paceMs;
      cold.bare.push(await echoTime(oneHop, number, pace));
      cold.full.push(await echoTime(ours, number, pace));
    }
    first = [cold.bare, cold.full].map((times) => percentile(times.slice(0, firstKeys), 0.5));
    for (let number = 0; number < (ground.quick ? keystrokes.quick : keystrokes.full); number += 1) {
      times[0].push(await echoTime(oneHop, number));
      times[1].push(await echoTime(ours, number));
    }
  } finally {
    oneHop.close();
    ours.close();
  }
  const [bare, full] = times;
  const added = percentile(full, 0.5) - percentile(bare, 0.5);
  const row: Row = {
    measure: 'keystroke echo p50, added to one-hop ws',
    yardstick: `${figures(bare)} (first keys ${first[0]?.toFixed(1) ?? ''})`,
    ours: `${figures(full)} (first keys ${first[1]?.toFixed(1) ?? ''})`,
    result: `${added.toFixed(2)} ms`,
    limit: '<= 2 ms',
    passed: added <= 2,
    load: loadAverage(),
  };
  return [row];
}

const figures = (times: readonly number[]): string =>
  `${[0.5, 0.95, 0.99].map((p) => percentile(times, p).toFixed(2)).join('/')} ms`;

/** From here on every byte that is typed comes back as it is. */
export async function becomeEcho(terminal: Terminal): Promise<void> {
  const ready = terminal.sees('READY');
  terminal.type("stty raw -echo; printf 'REA%s' DY; exec cat\n");
  await ready;
}

/** Milliseconds until the keystroke came back; waits for the next one's turn. */
export async function echoTime(terminal: Terminal, number: number, pace: number = paceMs): Promise<number> {
  const key = String.fromCharCode(97 + (number % 26));
  await sleep(pace);
  const began = performance.now();
  const back = new Promise<number>((resolve) => {
    terminal.listen((data) => {
      if (data.includes(key)) resolve(performance.now() - began);
    });
  });
  terminal.type(key);
  return withTimeout(back, 30_000, `${terminal.name} echoes`);
}
