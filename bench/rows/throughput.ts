// How fast a flood comes through, against a PTY read in process and against one bare WebSocket hop.
import type { Ground, Measure } from '../core/ground.js';
import { loadAverage } from '../core/process-figures.js';
import { median } from '../core/stats.js';
import type { Row } from '../core/table.js';
import { RawPty } from '../terminals/raw-pty.js';
import type { Terminal } from '../terminals/terminal.js';
import { openTtyd } from '../terminals/ttyd.js';

const sizeMb = { full: 64, quick: 16 } as const;
const rounds = { full: 5, quick: 2 } as const;

export const throughput: Measure = { name: 'throughput', take };

async function take(ground: Ground): Promise<Row[]> {
  const file = ground.text(ground.quick ? sizeMb.quick : sizeMb.full);
  const bed = await ground.bed();
  const [raw, oneHop, ours] = [new RawPty(), await ground.oneHop(), await bed.terminal()];
  const ttyd = await openTtyd();
  const terminals = ttyd ? [raw, oneHop, ttyd, ours] : [raw, oneHop, ours];
  const rates = new Map<Terminal, number[]>(terminals.map((terminal) => [terminal, []]));
  try {
    for (const terminal of terminals) await rateOf(terminal, file);
    for (let round = 0; round < (ground.quick ? rounds.quick : rounds.full); round += 1) {
      for (const terminal of terminals) rates.get(terminal)?.push(await rateOf(terminal, file));
    }
  } finally {
    for (const terminal of terminals) terminal.close();
  }
  const of = (terminal: Terminal): number[] => rates.get(terminal) ?? [];
  return [
    rowOf('throughput against raw node-pty', of(raw), of(ours), { limit: 0.25, aim: 0.5 }),
    rowOf('throughput against one-hop ws', of(oneHop), of(ours), { limit: 0.4, aim: 0.8 }),
    ...(ttyd ? [rowOf('throughput against ttyd', of(ttyd), of(ours), null)] : []),
  ];
}

/** MB/s from the command to its last byte. */
async function rateOf(terminal: Terminal, file: string): Promise<number> {
  const before = terminal.received;
  const began = performance.now();
  await terminal.run(`cat ${file}`, 300_000);
  return (terminal.received - before) / 1_000 / (performance.now() - began);
}

function rowOf(
  measure: string,
  yardstick: readonly number[],
  ours: readonly number[],
  wanted: { readonly limit: number; readonly aim: number } | null,
): Row {
  const ratio = median(ours.map((rate, round) => rate / (yardstick[round] ?? Number.NaN)));
  return {
    measure,
    yardstick: `${median(yardstick).toFixed(1)} MB/s`,
    ours: `${median(ours).toFixed(1)} MB/s`,
    result: ratio.toFixed(2),
    limit: wanted ? `>= ${wanted.limit} (aim ${wanted.aim})` : 'none',
    passed: !wanted || ratio >= wanted.limit,
    load: loadAverage(),
  };
}
