// The tests of one real agent, from its prompt to its resumed conversation. One session goes through all of them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { Session } from '@roundhouse/protocol';
import { inRepository } from '../stack/paths.js';
import { processes, processesOfSession } from '../stack/processes.js';
import { until } from '../stack/wait.js';
import { startBed, stopBed, type AgentBed } from './agent-bed.js';
import { AgentTurns, size, turn } from './agent-turns.js';
import { controlRun } from './control-run.js';
import { checkHome } from './home-check.js';
import { installAgent } from './install.js';
import { nanosOf } from './price.js';
import { realAgents } from './real-agents.js';
import type { AgentName } from './versions.js';

const installTimeoutMs = 400_000;
const testTimeoutMs = 150_000;
const told = 'Say it once more {{say: Still clear.}}';

export function testAgent(name: AgentName): void {
  const agent = realAgents[name];
  let bed: AgentBed;
  let program: string | null = null;
  let session: Session;
  let turns: AgentTurns | null = null;

  test.describe.configure({ mode: 'serial', timeout: testTimeoutMs });
  test.beforeAll(async () => {
    test.setTimeout(installTimeoutMs);
    program = await installAgent(name);
    if (program !== null) bed = await startBed(agent, program);
  });
  test.afterAll(async () => {
    turns?.close();
    if (program !== null) await stopBed(bed);
  });
  test.beforeEach(() => {
    test.skip(program === null, `the npm registry cannot be reached, so there is no ${name} to run`);
  });

  const totalsAreTold = async (): Promise<Session> => {
    const total = () => bed.fake.ledger.total(agent.tells);
    return until(
      async () => {
        const seen = await bed.stack.session(session.id);
        return JSON.stringify(sorted(seen.tokens)) === JSON.stringify(sorted(total())) && seen;
      },
      { what: `${name} shows what its model has counted`, timeoutMs: 30_000 },
    ).catch(async (error: unknown) => {
      const { tokens } = await bed.stack.session(session.id);
      const calls = JSON.stringify(bed.fake.ledger.calls.map(({ sent: _, ...call }) => call));
      throw new Error(
        `${String(error)}: ${JSON.stringify(tokens)}, not ${JSON.stringify(total())}\n${calls}`,
      );
    });
  };

  test(`${name} reaches its prompt; working, waiting, working, idle within 1 s of its screen, with their reasons`, async () => {
    const host = await bed.stack.rest.get(`hosts/${bed.daemon.hostId}`);
    expect(host.profiles.find((each: { name: string }) => each.name === name)).toMatchObject({
      available: true,
    });
    expect(approvalOf(name)).toBe(agent.approve);
    session = await bed.stack.running(bed.daemon, { project: bed.project, profile: name, ...size });
    turns = await AgentTurns.atPrompt(bed, agent, session);
    await turns.turnWithPermission();
    expect(bed.fake.unknown.filter((request) => !agent.harmless.test(request))).toEqual([]);
  });

  test(`${name}: its tokens are those of its model's own ledger, its cost is exact`, async () => {
    const seen = await totalsAreTold();
    expect(seen.model).not.toBeNull();
    if (name === 'claude') {
      expect(seen.costSource).toBe('reported');
      expect(seen.costNanos).toBe(bed.tee.nanos('api_request', 'cost_usd'));
    } else {
      expect(seen.costSource).toBe('estimated');
      expect(seen.costNanos).toBe(await nanosOf(bed.fake.ledger.calls.filter(agent.tells), agent.ownPrice));
    }
    expect(seen.costNanos).toBeGreaterThan(0);
  });

  test(`${name}: stop leaves no process`, async () => {
    await bed.stack.rest.ok('POST', `sessions/${session.id}/stop`, {});
    session = await bed.stack.sessionIs(session.id, 'exited');
    expect(session.activity).toBeNull();
    const home = `HOME=${bed.daemon.home}\0`;
    const left = () => [
      ...processesOfSession(session.id),
      ...processes().filter(
        ({ pid, command }) => command.includes(programDir(program)) && environ(pid).includes(home),
      ),
    ];
    await until(() => left().length === 0, { what: `nothing of ${name} is left` }).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${JSON.stringify(left())}`);
    });
    expect(turns?.viewer.faults).toEqual([]);
    turns?.close();
  });

  test(`${name}: resume goes on with the same conversation; its model is sent what was said before`, async () => {
    const before = await bed.stack.session(session.id);
    expect(before.conversationId).toBeTruthy();
    if (!agent.learnsId) expect(before.conversationId).toBe(session.id);
    await bed.stack.rest.ok('POST', `sessions/${session.id}/resume`, size);
    session = await bed.stack.sessionIs(session.id, 'running');
    turns = await AgentTurns.atPrompt(bed, agent, session, turn.ended);
    const known = bed.fake.ledger.main.length;
    await turns.send(told);
    const answered = await until(() => bed.fake.ledger.main[known], {
      what: 'a turn of the resumed session',
    });
    const sent = answered.sent.join('\n');
    expect(sent).toContain(turn.prompt);
    expect(sent).toMatch(turn.ended);
    await totalsAreTold();
    expect((await bed.stack.session(session.id)).conversationId).toBe(before.conversationId);
    await bed.stack.rest.ok('POST', `sessions/${session.id}/stop`, {});
    await bed.stack.sessionIs(session.id, 'exited');
  });

  test(`${name}: Roundhouse writes nothing to the home; a control run without it leaves the same files`, async () => {
    const home = path.join(bed.stack.base, 'control');
    const env = agent.seed({ home, project: bed.project, url: bed.fake.url });
    await controlRun({ agent, program: program ?? '', home, project: bed.project, env, ...turn, size });
    const { home: used, stateDir } = bed.daemon;
    const { records, sometimes } = agent;
    checkHome({ home: used, before: bed.before, control: home, stateDir, records, sometimes });
  });
}

/** The key that the profile says approves. */
function approvalOf(name: string): string | undefined {
  const text = readFileSync(inRepository(`profiles/${name}.yaml`), 'utf8');
  const keys = /\bapprove: *(?:'([^']*)'|(\w+))/.exec(text);
  return (keys?.[1] ?? keys?.[2])?.replace('\\r', '\r').replace('\\e', '\u001b');
}

const programDir = (program: string | null): string =>
  path.dirname(path.dirname(path.dirname(program ?? '/nowhere/at/all/x')));

function environ(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/environ`, 'utf8');
  } catch {
    return '';
  }
}

const sorted = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).sort(([a], [b]) => a.localeCompare(b));
