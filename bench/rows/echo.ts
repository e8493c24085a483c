// How long a keystroke takes to come back: one typed byte, echoed by a program that does nothing else.
import type { Ground, Measure } from '../core/ground.js';
import { loadAverage } from '../core/process-figures.js';
import { percentile } from '../core/stats.js';
import type { Row } from '../core/table.js';
import { withTimeout } from '../core/with-timeout.js';
import type { Terminal } from '../terminals/terminal.js';
import { openTtyd } from '../terminals/ttyd.js';
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
  const [oneHop, ours, ttyd] = [await ground.oneHop(), await bed.terminal(), await openTtyd()];
  const terminals: readonly Terminal[] = ttyd ? [oneHop, ours, ttyd] : [oneHop, ours];
  try {
    for (const terminal of terminals) await becomeEcho(terminal);
    const [warm, counted] = ground.quick ? [warmUp.quick, keystrokes.quick] : [warmUp.full, keystrokes.full];
    const cold = await inTurn(terminals, warm, (key) => (key < firstKeys ? paceMs : warmUp.paceMs));
    const [bare = [], full = [], other] = await inTurn(terminals, counted, () => paceMs);
    const [first = [], second = []] = cold.map((times) => times.slice(0, firstKeys));
    const rows = [rowOf('one-hop ws', { times: bare, first }, { times: full, first: second }, 2)];
    const last = cold[2]?.slice(0, firstKeys) ?? [];
    return other
      ? [...rows, rowOf('ttyd', { times: other, first: last }, { times: full, first: second }, null)]
      : rows;
  } finally {
    for (const terminal of terminals) await terminal.close();
  }
}

/** The times of so many keys into each, one after the other. */
async function inTurn(
  terminals: readonly Terminal[],
  keys: number,
  paceOf: (key: number) => number,
): Promise<number[][]> {
  const times: number[][] = terminals.map(() => []);
  for (let key = 0; key < keys; key += 1) {
    for (const [index, terminal] of terminals.entries()) {
      times[index]?.push(await echoTime(terminal, key, paceOf(key)));
    }
  }
  return times;
}

interface Taken {
  readonly times: readonly number[];
  readonly first: readonly number[];
}

function rowOf(name: string, yardstick: Taken, ours: Taken, limit: number | null): Row {
  const added = percentile(ours.times, 0.5) - percentile(yardstick.times, 0.5);
  return {
    measure: `keystroke echo p50, added to ${name}`,
    yardstick: figures(yardstick),
    ours: figures(ours),
    result: `${added.toFixed(2)} ms`,
    limit: limit === null ? 'none' : `<= ${limit} ms`,
    passed: limit === null || added <= limit,
    load: loadAverage(),
  };
}

const figures = ({ times, first }: Taken): string =>
  `${[0.5, 0.95, 0.99].map((p) => percentile(times, p).toFixed(2)).join('/')} ms (first keys ${percentile(first, 0.5).toFixed(1)})`;

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
