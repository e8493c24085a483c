// `npm run bench:scale`: many hosts, sessions and viewers on one hub for a minute; then a thousand busy sessions on few hosts.
import { connectUi, type UiSocket } from '../e2e/stack/ui-socket.js';
import { readOptions } from './core/options.js';
import { figuresOf, loadAverage } from './core/process-figures.js';
import { mean } from './core/stats.js';
import { tableOf, type Row } from './core/table.js';
import { busyFleet } from './scale/busy-fleet.js';
import { bareCost, costOf } from './scale/bare-crowd.js';
import { startCrowdedHub, type CrowdedHub } from './scale/crowded-hub.js';
import { eachSecond, shapes, type Shape } from './scale/shape.js';
import { SimDaemon } from './scale/sim-daemon.js';

const limits = { rssMb: 1_024, loopMs: 100, cost: 2.5 } as const;
const bareSeconds = { full: 15, quick: 5 } as const;

interface Outcome {
  readonly faults: string[];
  readonly relayed: number;
  readonly cost: number;
  readonly rssMb: number;
  readonly loop: { readonly p99: number; readonly max: number };
}

async function main(): Promise<number> {
  const { quick, json, only } = readOptions(process.argv.slice(2), ['crowd', 'fleet']);
  const wants = (name: string): boolean => only.length === 0 || only.includes(name);
  const shape = quick ? shapes.quick : shapes.full;
  const rows = [
    ...(wants('crowd') ? await ofCrowd(shape, quick) : []),
    ...(wants('fleet') ? await busyFleet(shape.seconds) : []),
  ];
  console.log(json ? JSON.stringify(rows, null, 2) : tableOf(rows));
  return rows.every(({ passed }) => passed) ? 0 : 1;
}

async function ofCrowd(shape: Shape, quick: boolean): Promise<Row[]> {
  const seconds = quick ? bareSeconds.quick : bareSeconds.full;
  const before = await bareCost(shape, seconds);
  const outcome = await crowd(shape);
  const after = await bareCost(shape, seconds);
  for (const fault of outcome.faults.slice(0, 10)) console.error(fault);
  return rowsOf(shape, outcome, [before, after]);
}

async function crowd(shape: Shape): Promise<Outcome> {
  const hub = await startCrowdedHub(shape.viewers);
  const daemons: SimDaemon[] = [];
  const sockets: UiSocket[] = [];
  const faults: string[] = [];
  try {
    console.error(`${shape.hosts} daemons ...`);
    for (let host = 0; host < shape.hosts; host += 1) {
      daemons.push(await SimDaemon.start(hub.rest, `sim-${host}`, shape.sessionsPerHost));
    }
    console.error(`${shape.viewers} viewers ...`);
    const sessions = daemons.flatMap(({ sessionIds }) => sessionIds);
    let relayed = 0;
    for (let viewer = 0; viewer < shape.viewers; viewer += 1) {
      const first = viewer * shape.sessionsPerViewer;
      const wanted = sessions.slice(first, first + shape.sessionsPerViewer);
      const seen = (): void => void (relayed += 1);
      sockets.push(await watch(hub, viewer, { wanted, seen, faults }));
    }
    const data = Buffer.alloc(shape.messageBytes, 'x');
    const stop = eachSecond(sessions.length, (session) => {
      const printed = daemons[Math.floor(session / shape.sessionsPerHost)]?.print(
        session % shape.sessionsPerHost,
        data,
      );
      if (!printed) faults.push('a session that is watched was not opened');
    });
    const { program } = hub.hub;
    process.kill(program.pid, 'SIGUSR2');
    const cost = await costOf(program.pid, shape.seconds, () => relayed);
    program.lines.length = 0;
    process.kill(program.pid, 'SIGUSR2');
    const loop = JSON.parse(await program.line('event loop: '));
    const { rssMb } = figuresOf(program.pid);
    stop();
    faults.push(...daemons.flatMap((daemon) => daemon.faults), ...errorsIn(program.lines));
    return { faults, relayed, cost, rssMb, loop };
  } finally {
    for (const socket of sockets) socket.socket.removeAllListeners().close();
    for (const daemon of daemons) daemon.close();
    await hub.stop();
  }
}

const errorsIn = (lines: readonly string[]): string[] =>
  lines.filter((line) => /"level":"?(error|50)/.test(line));

/** A viewer of several sessions, that checks the order of their bytes. */
async function watch(
  hub: CrowdedHub,
  viewer: number,
  { wanted, seen, faults }: { wanted: readonly string[]; seen: () => void; faults: string[] },
): Promise<UiSocket> {
  const ui = await connectUi(hub.hub.url, hub.tokenFor(viewer));
  const next = new Map<string, number>();
  ui.on('session.output', ({ sessionId, epoch, offset, data }) => {
    if (offset !== next.get(sessionId))
      faults.push(`bytes at ${offset}, expected ${String(next.get(sessionId))}`);
    const end = offset + data.byteLength;
    next.set(sessionId, end);
    ui.socket.emit('session.ack', { sessionId, epoch, offset: end });
    seen();
  });
  ui.socket.on('disconnect', (reason) => faults.push(`a viewer lost its hub: ${reason}`));
  for (const sessionId of wanted) {
    const { offset } = await ui.request('session.attach', { sessionId, prefer: 'exact' });
    next.set(sessionId, offset);
  }
  return ui;
}

function rowsOf(shape: Shape, outcome: Outcome, bare: readonly number[]): Row[] {
  const { faults, relayed, cost, rssMb, loop } = outcome;
  const yardstick = mean(bare);
  const load = loadAverage();
  const crowdText = `${shape.hosts} x ${shape.sessionsPerHost} sessions, ${shape.viewers} viewers`;
  return [
    {
      ...{ measure: 'errors, lost or repeated bytes', yardstick: crowdText, ours: `${relayed} messages` },
      ...{ result: String(faults.length), limit: '0', passed: faults.length === 0, load },
    },
    {
      ...{ measure: 'memory of the hub', yardstick: `${shape.seconds} s`, ours: `${rssMb.toFixed(0)} MB` },
      ...{
        result: `${rssMb.toFixed(0)} MB`,
        limit: `< ${limits.rssMb} MB`,
        passed: rssMb < limits.rssMb,
        load,
      },
    },
    {
      measure: 'event loop of the hub, p99',
      yardstick: '10 ms sampling',
      ours: `max ${loop.max.toFixed(0)} ms`,
      result: `${loop.p99.toFixed(0)} ms`,
      limit: `< ${limits.loopMs} ms`,
      passed: loop.p99 < limits.loopMs,
      load,
    },
    {
      measure: 'processor time per relayed message',
      yardstick: `bare ws ${bare.map((each) => each.toFixed(0)).join(' and ')} us`,
      ours: `${cost.toFixed(0)} us`,
      result: `${(cost / yardstick).toFixed(2)}x`,
      limit: `<= ${limits.cost}x`,
      passed: cost / yardstick <= limits.cost,
      load,
    },
  ];
}

process.exitCode = await main();
process.exit();
