// How long a keystroke takes to come back: one typed byte, echoed by a program that does nothing else.
import type { Ground, Measure } from '../core/ground.js';
import { loadAverage } from '../core/process-figures.js';
import { percentile } from '../core/stats.js';
import type { Row } from '../core/table.js';
import { withTimeout } from '../core/with-timeout.js';
import type { Terminal } from '../terminals/terminal.js';
import { setTimeout as sleep } from 'node:timers/promises';

const keystrokes = { full: 300, quick: 60 } as const;
/** Between two keystrokes: a fast typist's pace, and longer than any output is put together. */
const paceMs = 25;

export const echo: Measure = { name: 'echo', take };

async function take(ground: Ground): Promise<Row[]> {
  const bed = await ground.bed();
  const [oneHop, ours] = [await ground.oneHop(), await bed.terminal()];
  const times: [number[], number[]] = [[], []];
  try {
    await becomeEcho(oneHop);
    await becomeEcho(ours);
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
    yardstick: figures(bare),
    ours: figures(full),
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
export async function echoTime(terminal: Terminal, number: number): Promise<number> {
  const key = String.fromCharCode(97 + (number % 26));
  await sleep(paceMs);
  const began = performance.now();
  const back = new Promise<number>((resolve) => {
    terminal.listen((data) => {
      if (data.includes(key)) resolve(performance.now() - began);
    });
  });
  terminal.type(key);
  return withTimeout(back, 30_000, `${terminal.name} echoes`);
}
