// As many points as are taken: every agent sends the next body when the last one was answered.
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../e2e/stack/wait.js';
import type { Agent, AgentHost } from './agents.js';
import { perRequest, Reporter } from './bodies.js';
import type { Costs, Meter } from './costs.js';
import { post } from './post.js';

/** Turns in a body of logs: four records each, and one request. */
const turnsPerBody = 25;
/** Sets of twenty points in a body of metrics. */
const setsPerBody = 5;
const pointsPerBody = 100;
/** What an agent waits when it is told that it sends too much. */
const tooManyMs = 100;
/** Longer than a daemon gathers before it tells its hub. */
const quietMs = 3_000;

export interface Flood {
  readonly agents: number;
  /** Data points and log records that were taken and are in PostgreSQL. */
  readonly points: number;
  readonly costs: Costs;
  readonly daemonMb: number;
  /** From the last answer until PostgreSQL had the last one. */
  readonly behindS: number;
}

export async function flood(
  host: AgentHost,
  meter: Meter,
  agents: readonly Agent[],
  forMs: number,
): Promise<Flood> {
  const before = await settled(host, agents);
  let bodies = 0;
  let daemonMb = 0;
  let behindS = 0;
  const costs = await meter.during(async () => {
    const end = performance.now() + forMs;
    const sampling = setInterval(() => (daemonMb = Math.max(daemonMb, meter.daemonMb)), 250);
    try {
      const requests = await Promise.all(
        agents.map(async (agent) => {
          const sent = await sendUntil(end, agent);
          bodies += sent.bodies;
          return sent.requests;
        }),
      );
      const answered = performance.now();
      for (const [index, agent] of agents.entries()) {
        const expected = (before[index] ?? 0) + (requests[index] ?? 0) * perRequest.input;
        await until(async () => (await inputOf(host, agent)) === expected, {
          what: `PostgreSQL has ${String(expected)} tokens of ${agent.sessionId}`,
          timeoutMs: 60_000,
        });
      }
      behindS = (performance.now() - answered) / 1_000;
    } finally {
      clearInterval(sampling);
    }
  });
  return { agents: agents.length, points: bodies * pointsPerBody, costs, daemonMb, behindS };
}

/** What PostgreSQL has once all that was sent before is there. */
async function settled(host: AgentHost, agents: readonly Agent[]): Promise<readonly number[]> {
  const read = (): Promise<number[]> => Promise.all(agents.map((agent) => inputOf(host, agent)));
  let last = await read();
  await until(
    async () => {
      await sleep(quietMs);
      const now = await read();
      const same = now.every((value, index) => value === last[index]);
      last = now;
      return same;
    },
    { what: 'what was sent before is in PostgreSQL', timeoutMs: 60_000 },
  );
  return last;
}

async function sendUntil(end: number, { endpoint }: Agent): Promise<{ bodies: number; requests: number }> {
  const reporter = new Reporter();
  const sent = { bodies: 0, requests: 0 };
  while (performance.now() < end) {
    const logs = sent.bodies % 2 === 0;
    const body = logs ? reporter.logs(turnsPerBody) : reporter.metrics(setsPerBody);
    let status = await post(endpoint, logs ? 'logs' : 'metrics', body);
    while (status === 429 || status === 503) {
      await sleep(tooManyMs);
      status = await post(endpoint, logs ? 'logs' : 'metrics', body);
    }
    if (status !== 200) throw new Error(`a body was answered ${String(status)}`);
    sent.bodies += 1;
    if (logs) sent.requests += turnsPerBody;
  }
  return sent;
}

const inputOf = async (host: AgentHost, { sessionId }: Agent): Promise<number> =>
  (await host.stack.session(sessionId)).tokens.input;
