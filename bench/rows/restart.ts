// A daemon that is killed and started again: when all of its sessions are back.
import type { Session } from '@roundhouse/protocol';
import { until } from '../../e2e/stack/wait.js';
import type { Ground, Measure } from '../core/ground.js';
import { loadAverage } from '../core/process-figures.js';
import { median } from '../core/stats.js';
import type { Row } from '../core/table.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bed } from '../core/bed.js';

const sessions = 20;
const rounds = { full: 3, quick: 1 } as const;
const pollMs = 20;
const limitMs = 2_000;

export const restart: Measure = { name: 'restart', take };

async function take(ground: Ground): Promise<Row[]> {
  // Of its own: sessions that other rows left would be counted with it.
  const bed = await Bed.start();
  try {
    const ids = new Set<string>();
    for (let number = 0; number < sessions; number += 1) ids.add(await bed.session());
    const times: number[] = [];
    for (let round = 0; round < (ground.quick ? rounds.quick : rounds.full); round += 1) {
      await bed.daemon.kill9();
      await until(async () => (await running(bed, ids)) === 0, { what: 'the hub misses the daemon' });
      const began = performance.now();
      bed.daemon.start();
      while ((await running(bed, ids)) < sessions) await sleep(pollMs);
      times.push(performance.now() - began);
    }
    for (const id of ids) await (await bed.attach(id)).run('true');
    return [rowOf(times)];
  } finally {
    await bed.stop();
  }
}

async function running(bed: Bed, ids: ReadonlySet<string>): Promise<number> {
  const { items } = await bed.stack.rest.get<{ items: Session[] }>('sessions?limit=100');
  return items.filter(({ id, state }) => ids.has(id) && state === 'running').length;
}

function rowOf(times: readonly number[]): Row {
  const ms = median(times);
  return {
    measure: `daemon restart with ${sessions} sessions: all back`,
    yardstick: 'from the start of its process',
    ours: times.map((time) => time.toFixed(0)).join(', '),
    result: `${(ms / 1_000).toFixed(2)} s`,
    limit: `<= ${limitMs / 1_000} s`,
    passed: ms <= limitMs,
    load: loadAverage(),
  };
}
