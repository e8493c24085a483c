// `npm run bench:ingest`: what telemetry costs, from agents through daemon and hub into PostgreSQL.
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentHost } from './ingest/agents.js';
import { keepBusy } from './ingest/busy.js';
import { Meter } from './ingest/costs.js';
import { flood, type Flood } from './ingest/flood.js';
import { queries } from './ingest/queries.js';
import { readOptions } from './core/options.js';
import { loadAverage } from './core/process-figures.js';
import { tableOf, type Row } from './core/table.js';

const busyAgents = 50;
/** Of one core, for the daemon, while so many are busy. */
const busyLimit = 0.05;
/** So many times the measured time before it is measured. */
const warmUps = 3;
const floods = [1, 10, 50];

async function main(): Promise<number> {
  const { quick, json, only } = readOptions(process.argv.slice(2), ['busy', 'flood', 'queries']);
  const wants = (name: string): boolean => only.length === 0 || only.includes(name);
  const rows: Row[] = [];
  if (wants('busy') || wants('flood')) rows.push(...(await ofAgents()));
  if (wants('queries')) rows.push(...(await queries()));
  console.log(json ? JSON.stringify(rows, null, 2) : tableOf(rows));
  return rows.every(({ passed }) => passed) ? 0 : 1;

  async function ofAgents(): Promise<Row[]> {
    const host = await AgentHost.start();
    try {
      const agents = await host.agents(busyAgents);
      const meter = new Meter(host.stack, host.daemon);
      const taken: Row[] = [];
      // Fifty starts leave the daemon with work and with garbage.
      await sleep(quick ? 2_000 : 10_000);
      if (wants('busy')) taken.push(...(await busy(meter, agents, quick ? 30_000 : 60_000)));
      if (wants('flood')) {
        for (const count of floods) {
          taken.push(floodRow(await flood(host, meter, agents.slice(0, count), quick ? 5_000 : 20_000)));
        }
      }
      return taken;
    } finally {
      await host.stack.stop();
    }
  }

  async function busy(meter: Meter, agents: Parameters<typeof keepBusy>[0], forMs: number): Promise<Row[]> {
    const idle = await meter.during(() => sleep(forMs / 2));
    // Code that runs a few times a second is compiled in the course of minutes; that is no cost of telemetry.
    await keepBusy(agents, forMs * warmUps);
    let done = '';
    const costs = await meter.during(async () => {
      done = await keepBusy(agents, forMs);
    });
    const share = costs.daemon / costs.seconds;
    return [
      {
        measure: `${String(agents.length)} busy agents: the daemon`,
        yardstick: `idle ${percent(idle.daemon / idle.seconds)}`,
        ours: `${done}; ${meter.daemonMb.toFixed(0)} MB; hub ${percent(costs.hub / costs.seconds)}`,
        result: `${percent(share)} of a core`,
        limit: `< ${percent(busyLimit)}`,
        passed: share < busyLimit && done.endsWith(' 0 refused'),
        load: loadAverage(),
      },
    ];
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function floodRow({ agents, points, costs, daemonMb, behindS }: Flood): Row {
  const per = (seconds: number): string => `${((seconds * 1_000) / (points / 1_000)).toFixed(1)} ms`;
  return {
    measure: `${String(agents)} agents: points into PostgreSQL`,
    yardstick: `${String(points)} points, all there ${behindS.toFixed(1)} s after the last`,
    ours: `per 1,000: daemon ${per(costs.daemon)}, hub ${per(costs.hub)}, database ${per(costs.database)}; ${daemonMb.toFixed(0)} MB`,
    result: `${Math.round(points / costs.seconds).toLocaleString('en')} points/s`,
    limit: 'exact',
    passed: true,
    load: loadAverage(),
  };
}

process.exitCode = await main();
process.exit();
