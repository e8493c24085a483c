// Sessions are spawned, watched and ended while everything fails; then what must always hold, holds (I1 to I8).
import { expect, test } from '@playwright/test';
import type { Session } from '@roundhouse/protocol';
import { Chaos } from '../stack/chaos.js';
import { FakeAgent } from '../stack/fake-agent.js';
import { footprint, rssMb } from '../stack/measure.js';
import { agentsOf, processesOf } from '../stack/processes.js';
import { seedOf } from '../stack/random.js';
import { RogueDaemon } from '../stack/rogue-daemon.js';
import { bar, pause, sized } from '../stack/size.js';
import { makeBed, quickHeartbeat, type TerminalBed } from '../stack/terminal-bed.js';
import { expectExact } from '../stack/transcript.js';
import type { UiSocket } from '../stack/ui-socket.js';
import { Viewer } from '../stack/viewer.js';
import { until } from '../stack/wait.js';

let bed: TerminalBed;
const seed = seedOf(28);
const chaosMs = sized(8_000, 60_000);
const spawnEveryMs = 2_500;
const tokens = 12_345;
/** Of processes that were started anew meanwhile, and have not had time to tidy up: what grows for long is for the soak. */
const rssGrowthMb = 200;

test.beforeAll(async () => {
  bed = await makeBed({ stack: quickHeartbeat });
});
test.afterAll(() => bed.stack.stop());

interface Watched {
  readonly agent: FakeAgent;
  readonly viewer: Viewer;
  readonly ui: UiSocket;
}

test(`R:C28 ${chaosMs / 1_000} s of faults, seed ${seed}: the invariants hold`, bar, async () => {
  test.setTimeout(chaosMs + 240_000);
  const { stack, daemon } = bed;
  const stranger = await stack.rest.ok('POST', 'hosts', { name: 'stranger' });
  const identity = await RogueDaemon.enrol(stack.hub.url, stranger.joinToken);
  const rogues = [await RogueDaemon.link(stack.hub.url, identity)];
  await workOnce().then(ends);
  const before = figures();
  const chaos = new Chaos(bed, seed);
  const work: Promise<Watched>[] = [];
  let over = false;
  const spawning = (async () => {
    while (!over) {
      const one = workOnce();
      // Looked at in the end.
      one.catch(() => undefined);
      work.push(one);
      await pause(spawnEveryMs);
    }
  })();
  try {
    await chaos.run(chaosMs);
    over = true;
    await spawning;
    await stack.online(daemon);
    rogues.push(await RogueDaemon.link(stack.hub.url, identity));
    const watched = await Promise.all(work);
    expect(watched.length).toBeGreaterThan(2);
    for (const each of watched) await ends(each);
    await check(watched.map(({ agent }) => agent));
    for (const { frames } of rogues) expect(frames, 'I6: a stranger hears nothing').toEqual([]);
    await settled(before);
  } catch (error) {
    over = true;
    await Promise.allSettled(work);
    throw new Error(`${String(error)}\nE2E_SEED=${seed}:\n${chaos.story.join('\n')}`, { cause: error });
  }
  for (const rogue of rogues) rogue.close();
});

/** One session from its spawn on, whatever the hub does meanwhile. */
async function workOnce(): Promise<Watched> {
  const { stack, daemon, viewLine } = bed;
  const order = { do: 'print', lines: 3_000, perS: 1_000, exit: 3, tokens } as const;
  const agent = await FakeAgent.insist(stack, daemon, order);
  const whenever = { timeoutMs: chaosMs + 60_000, everyMs: 200 };
  const ui = await until(() => stack.ui(viewLine.url).catch(() => null), { what: 'a page', ...whenever });
  let why: unknown = null;
  const attach = () =>
    Viewer.attach(ui, agent.id, { prefer: 'exact', follow: true }).catch((error: unknown) => {
      why = error;
      return null;
    });
  const viewer = await until(attach, { what: 'a viewer is attached', ...whenever }).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}: ${String(why)}`, { cause: error });
    },
  );
  return { agent, viewer, ui };
}

/** I1: the transcript is the agent's own. */
async function ends({ agent, viewer, ui }: Watched): Promise<void> {
  await expectExact(agent, viewer, { exitCode: 3, timeoutMs: 90_000 });
  viewer.close();
  ui.close();
}

async function check(agents: readonly FakeAgent[]): Promise<void> {
  const { stack } = bed;
  expect(
    agents.map(({ starts }) => starts),
    'I2: one process for each spawn',
  ).toEqual(agents.map(() => 1));
  await until(
    async () => {
      const { items } = await stack.rest.get<{ items: Session[] }>('sessions?limit=200');
      const running = items.filter(({ state }) => state === 'running').map(({ id }) => id);
      const alive = [...new Set(agentsOf(stack.base).map(({ session }) => session))];
      return running.sort().join() === alive.sort().join();
    },
    { what: 'I3: what runs has a row, and what has a running row runs', timeoutMs: 15_000 },
  );
  for (const { id } of agents) {
    await until(async () => (await stack.session(id)).tokens.input === tokens, {
      what: `I4: ${id} has ${tokens} tokens, not ${(await stack.session(id)).tokens.input}`,
    });
    const sql = `SELECT count(*) AS n FROM audit_events WHERE code = 'SESSION_SPAWNED' AND subject_id = '${id}'`;
    expect(Number((await stack.hub.program.order('sql', { sql }))[0].n), 'I5: one audit row').toBe(1);
  }
  const bad = [...stack.hub.log, ...bed.daemon.log].filter((line) =>
    /a fault that nothing handled|unhandled|handler failed|MaxListeners/i.test(line),
  );
  expect(bad, 'I8: nothing went unhandled').toEqual([]);
}

const figures = () => {
  const { stack, daemon } = bed;
  const of = (pid: number) => ({ ...footprint(pid), rss: rssMb(pid) });
  return { hub: of(stack.hub.program.pid), daemon: of(daemon.program.pid) };
};

/** I7: descriptors and threads are what they were, memory is near it, and no keeper is left. */
async function settled(before: ReturnType<typeof figures>): Promise<void> {
  const near = (now: number, then: number) => now - then <= Math.max(6, then * 0.1);
  let last = figures();
  await until(
    () => {
      last = figures();
      return (['hub', 'daemon'] as const).every(
        (part) =>
          near(last[part].fds, before[part].fds) &&
          near(last[part].threads, before[part].threads) &&
          last[part].rss - before[part].rss < rssGrowthMb,
      );
    },
    { what: 'I7: hub and daemon are what they were', timeoutMs: 45_000 },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${JSON.stringify({ before, last })}`, { cause: error });
  });
  await until(() => !processesOf(bed.daemon.stateDir).some(({ command }) => /keeper/.test(command)), {
    what: 'I7: no keeper is left',
  });
}
