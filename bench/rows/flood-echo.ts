// Whether a session can be typed into while another one floods: its echo then, against its own echo before and after.
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '../core/child.js';
import type { Ground, Measure } from '../core/ground.js';
import { loadAverage } from '../core/process-figures.js';
import { percentile } from '../core/stats.js';
import type { Row } from '../core/table.js';
import { becomeEcho, echoTime } from './echo.js';
import type { Terminal } from '../terminals/terminal.js';

const keystrokes = { full: 200, quick: 50 } as const;
const warmUpMs = 2_000;
const limit = 5;

export const floodEcho: Measure = { name: 'flood-echo', take };

async function take(ground: Ground): Promise<Row[]> {
  const bed = await ground.bed();
  const file = ground.text(ground.quick ? 16 : 64);
  const typed = await bed.terminal();
  const flooding = await bed.terminal();
  const watcher = startChild('servers/flood-viewer.ts', [
    bed.stack.hub.url,
    bed.stack.token,
    flooding.sessionId,
  ]);
  try {
    await watcher.message();
    await becomeEcho(typed);
    const count = ground.quick ? keystrokes.quick : keystrokes.full;
    const before = await echoes(typed, count);
    // Only the other process watches the flood: reading it here would delay the clock of this one.
    flooding.type(`while :; do cat ${file}; done\n`);
    flooding.ui.socket.emit('session.detach', { sessionId: flooding.sessionId }, () => undefined);
    await sleep(warmUpMs);
    watcher.send({});
    await watcher.message();
    const during = await echoes(typed, count * 2);
    watcher.send({});
    const mbPerSecond = Number(await watcher.message());
    await bed.stack.rest.ok('POST', `sessions/${flooding.sessionId}/stop`, { force: true });
    await sleep(warmUpMs);
    const after = await echoes(typed, count);
    return [rowOf([...before, ...after], during, mbPerSecond)];
  } finally {
    watcher.stop();
    typed.close();
    flooding.close();
  }
}

async function echoes(terminal: Terminal, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let number = 0; number < count; number += 1) times.push(await echoTime(terminal, number));
  return times;
}

function rowOf(idle: readonly number[], during: readonly number[], mbPerSecond: number): Row {
  const [quiet, loud] = [percentile(idle, 0.99), percentile(during, 0.99)];
  const ratio = loud / quiet;
  return {
    measure: 'echo p99 beside a flood, against idle p99',
    yardstick: `${quiet.toFixed(1)} ms idle (p50 ${percentile(idle, 0.5).toFixed(1)})`,
    ours: `${loud.toFixed(1)} ms (p50 ${percentile(during, 0.5).toFixed(1)}) at ${mbPerSecond.toFixed(0)} MB/s`,
    result: `${ratio.toFixed(1)}x`,
    limit: `<= ${limit}x`,
    passed: ratio <= limit,
    load: loadAverage(),
  };
}
