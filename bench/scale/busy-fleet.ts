// R:C19, F32: a thousand sessions whose agents begin, wait and spend all the time, and people who list and watch them.
import { connectUi, type UiSocket } from '../../e2e/stack/ui-socket.js';
import { startChild } from '../core/child.js';
import { cpuSecondsOf, figuresOf, loadAverage } from '../core/process-figures.js';
import { percentile } from '../core/stats.js';
import type { Row } from '../core/table.js';
import { startCrowdedHub, type CrowdedHub } from './crowded-hub.js';
import type { Read, Reading } from '../servers/list-readers.js';
import { eachSecond } from './shape.js';
import { SimDaemon } from './sim-daemon.js';

const hosts = 20;
const sessionsPerHost = 50;
const sessions = hosts * sessionsPerHost;
const watchers = 20;
const readers = 5;
/** As the web app asks for them. */
const pageSize = 200;
/** Changes of what agents do, each second, over all sessions. */
const activityPerS = 100;
/** Each daemon tells what its agents used once a second. */
const usagePerPush = 5;
/** Frames that follow each other sooner are one message: a batch of hundreds comes in pieces. */
const momentMs = 250;
const limits = { pageMs: 200, rssMb: 1_024, tellsPerS: 1.05, staleMs: 2_000 } as const;
const kinds = ['working', 'waiting', 'idle'] as const;

interface Fleet {
  readonly pages: number[];
  readonly whole: number[];
  /** Of one watcher: how often the hub told it of sessions, and the sessions of which it did. */
  readonly tellsPerS: number;
  readonly told: number;
  /** From an agent's change until a watcher knew it. */
  readonly lateMs: number[];
  readonly rssMb: number;
  /** Processor time of the hub, of one core. */
  readonly cores: number;
  readonly loop: { readonly p99: number; readonly max: number };
  readonly faults: string[];
}

export async function busyFleet(seconds: number): Promise<Row[]> {
  const hub = await startCrowdedHub(watchers);
  const daemons: SimDaemon[] = [];
  const sockets: UiSocket[] = [];
  try {
    console.error(`${sessions} sessions on ${hosts} hosts ...`);
    for (let host = 0; host < hosts; host += 1)
      daemons.push(await SimDaemon.start(hub.rest, `fleet-${host}`, sessionsPerHost));
    for (let watcher = 0; watcher < watchers; watcher += 1)
      sockets.push(await connectUi(hub.hub.url, hub.tokenFor(watcher)));
    return rowsOf(await measure({ hub, daemons, sockets }, seconds), seconds);
  } finally {
    for (const { socket } of sockets) socket.removeAllListeners().close();
    for (const daemon of daemons) daemon.close();
    await hub.stop();
  }
}

interface Crowd {
  readonly hub: CrowdedHub;
  readonly daemons: readonly SimDaemon[];
  readonly sockets: readonly UiSocket[];
}

async function measure({ hub, daemons, sockets }: Crowd, seconds: number): Promise<Fleet> {
  const { program } = hub.hub;
  const faults: string[] = [];
  for (const { socket } of sockets)
    socket.on('disconnect', (reason) => faults.push(`a watcher lost its hub: ${reason}`));
  const watched = watch(sockets);
  const stops = [
    eachSecond(
      activityPerS,
      ticks((turn) => {
        const number = turn % sessions;
        const kind = kinds[Math.floor(turn / sessions) % kinds.length] ?? 'idle';
        const daemon = daemons[Math.floor(number / sessionsPerHost)];
        watched.expect(daemon?.sessionIds[number % sessionsPerHost] ?? '', kind);
        daemon?.does(number % sessionsPerHost, kind);
      }),
    ),
    eachSecond(
      hosts,
      ticks((turn) => {
        const round = Math.floor(turn / hosts);
        const first = round * usagePerPush;
        const numbers = Array.from({ length: usagePerPush }, (_, at) => (first + at) % sessionsPerHost);
        daemons[turn % hosts]?.used(numbers, round + 1);
      }),
    ),
  ];
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  process.kill(program.pid, 'SIGUSR2');
  watched.begin();
  const [cpu, from] = [cpuSecondsOf(program.pid), performance.now()];
  const child = startChild('servers/list-readers.ts');
  const tokens = Array.from({ length: readers }, (_, reader) => hub.tokenFor(reader));
  child.send({ url: hub.hub.url, tokens, seconds, pageSize, sessions } satisfies Reading);
  const { pages, whole, faults: missed } = (await child.message((seconds + 60) * 1_000)) as Read;
  child.stop();
  const { moments, told, lateMs } = watched.end();
  const tookS = (performance.now() - from) / 1_000;
  const cores = (cpuSecondsOf(program.pid) - cpu) / tookS;
  program.lines.length = 0;
  process.kill(program.pid, 'SIGUSR2');
  const loop = JSON.parse(await program.line('event loop: ')) as Fleet['loop'];
  const { rssMb } = figuresOf(program.pid);
  for (const stop of stops) stop();
  const errors = hub.hub.log.filter((line) => /"level":"?(error|50)/.test(line));
  return {
    pages,
    whole,
    tellsPerS: moments / tookS,
    told,
    lateMs,
    rssMb,
    cores,
    loop,
    faults: [...faults, ...missed, ...daemons.flatMap((daemon) => daemon.faults), ...errors],
  };
}

/** `eachSecond` counts within each second; this counts on. */
function ticks(act: (turn: number) => void): (number: number) => void {
  let turn = 0;
  return () => {
    act(turn);
    turn += 1;
  };
}

function watch([first]: readonly UiSocket[]) {
  let [moments, told, last, going] = [0, 0, -Infinity, false];
  const lateMs: number[] = [];
  const expected = new Map<string, { kind: string; since: number }>();
  first?.on('entity.changed', ({ kind, id, entity }) => {
    if (kind !== 'session' || !going) return;
    const now = performance.now();
    if (now - last > momentMs) moments += 1;
    last = now;
    told += 1;
    const wanted = expected.get(id);
    if (!wanted || wanted.kind !== entity?.activity?.kind) return;
    lateMs.push(now - wanted.since);
    expected.delete(id);
  });
  return {
    expect: (id: string, kind: string) => {
      if (!going) return;
      const [now, before] = [performance.now(), expected.get(id)];
      // Of the change before nobody was told.
      if (before) lateMs.push(now - before.since);
      expected.set(id, { kind, since: now });
    },
    begin: () => {
      going = true;
    },
    end: () => {
      const waiting = [...expected.values()].map(({ since }) => performance.now() - since);
      return { moments, told, lateMs: [...lateMs, ...waiting.filter((ms) => ms > limits.staleMs)] };
    },
  };
}

function rowsOf(fleet: Fleet, seconds: number): Row[] {
  const { pages, whole, tellsPerS, told, lateMs, rssMb, cores, loop, faults } = fleet;
  for (const fault of faults.slice(0, 10)) console.error(fault);
  const load = loadAverage();
  const ms = (values: readonly number[], p: number): string => `${percentile(values, p).toFixed(0)} ms`;
  const p95 = percentile(pages, 0.95);
  const late = percentile(lateMs, 0.95);
  const busy = `${activityPerS} changes, ${hosts * usagePerPush} reports a second`;
  return [
    {
      measure: `${sessions} sessions on ${hosts} hosts: errors`,
      yardstick: busy,
      ours: `${seconds} s`,
      result: String(faults.length),
      limit: '0',
      passed: faults.length === 0,
      load,
    },
    {
      measure: `list, a page of ${pageSize}: p95`,
      yardstick: `${pages.length} pages, all of it p95 ${ms(whole, 0.95)}`,
      ours: `p50 ${ms(pages, 0.5)}`,
      result: `${p95.toFixed(0)} ms`,
      limit: `< ${limits.pageMs} ms`,
      passed: p95 < limits.pageMs,
      load,
    },
    {
      measure: 'what a browser is told of sessions',
      yardstick: `${told} changes`,
      ours: `known after p95 ${late.toFixed(0)} ms`,
      result: `${tellsPerS.toFixed(2)} a second`,
      limit: `<= ${limits.tellsPerS}, < ${limits.staleMs} ms`,
      passed: tellsPerS <= limits.tellsPerS && late < limits.staleMs,
      load,
    },
    {
      measure: 'memory of the hub',
      yardstick: `event loop p99 ${loop.p99.toFixed(0)} ms, max ${loop.max.toFixed(0)}`,
      ours: `${(cores * 100).toFixed(0)} % of a core`,
      result: `${rssMb.toFixed(0)} MB`,
      limit: `< ${limits.rssMb} MB`,
      passed: rssMb < limits.rssMb,
      load,
    },
  ];
}
