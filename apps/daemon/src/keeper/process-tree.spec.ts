// The stop ladder against real process trees, and against a forged process table.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '@roundhouse/kit';
import type { ProcessRef } from '@roundhouse/protocol';
import { isProcessAlive, parseStat, processRef, readStat, type ProcStat } from './proc.js';
import { systemProcessTable, type ProcessTable } from './process-table.js';
import { STOP_GRACE_MS, stopProcessTree } from './process-tree.js';
import { KeeperRig, Recorder } from './testing/keeper-rig.js';

const rig = new KeeperRig();
beforeAll(() => rig.installed());
afterAll(() => rig.dispose());

describe('stopProcessTree', () => {
  it('R:D22 ends a child that ignores HUP, TERM and INT, and its setsid grandchild, within 6 s', async () => {
    const deaf = "trap '' HUP TERM INT";
    const session = await rig.start(
      `${deaf}; (setsid sh -c "${deaf}; echo grandchild \\$\\$; while :; do sleep 0.2; done" &); echo up; while :; do sleep 0.2; done`,
    );
    const heard = new Recorder();
    await (await rig.connect(session, heard)).attach(0);
    await heard.until(() => /grandchild \d+/.test(heard.text), 'grandchild');
    const grandchild = processRef(Number(/grandchild (\d+)/.exec(heard.text)?.[1]));
    // Neither its session nor its parent leads to the agent: only the marker does.
    expect(readStat(grandchild.pid)?.session).not.toBe(session.agent.pid);
    expect(readStat(grandchild.pid)?.ppid).not.toBe(session.agent.pid);
    const begin = performance.now();
    const result = await stopProcessTree({ sessionId: session.sessionId, agent: session.agent });
    expect(performance.now() - begin).toBeLessThan(6_000);
    expect([isProcessAlive(session.agent), isProcessAlive(grandchild)]).toEqual([false, false]);
    expect(result.survivors).toEqual([]);
    for (const ref of [session.agent, grandchild]) {
      expect(result.stopped).toContainEqual(expect.objectContaining({ ...ref, signal: 'SIGKILL' }));
    }
    expect(isProcessAlive(session.keeper)).toBe(true);
    await heard.untilExit();
    expect(heard.exit?.signal).toBe('SIGKILL');
  }, 15_000);

  it('lets a polite tree end by itself, at once, background jobs included', async () => {
    const session = await rig.start('setsid sleep 60 & sleep 61 & echo up; sleep 62');
    const heard = new Recorder();
    await (await rig.connect(session, heard)).attach(0);
    await heard.until(() => heard.text.includes('up'), 'up');
    const begin = performance.now();
    const result = await stopProcessTree({ sessionId: session.sessionId, agent: session.agent });
    expect(performance.now() - begin).toBeLessThan(2_000);
    expect(result.stopped.length).toBeGreaterThanOrEqual(4);
    expect(new Set(result.stopped.map((each) => each.signal))).toEqual(new Set(['SIGTERM']));
    expect(await marked(session.sessionId)).toEqual([]);
  });

  it('F:F8 sweeps by marker alone what a killed keeper leaves', async () => {
    const session = await rig.start(
      'trap "" HUP; (setsid sh -c "echo left \\$\\$; exec sleep 60" &); while :; do sleep 1; done',
    );
    const heard = new Recorder();
    await (await rig.connect(session, heard)).attach(0);
    await heard.until(() => /left \d+/.test(heard.text), 'left');
    const left = processRef(Number(/left (\d+)/.exec(heard.text)?.[1]));
    process.kill(session.keeper.pid, 'SIGKILL');
    const result = await stopProcessTree({ sessionId: session.sessionId, agent: null });
    expect(result.survivors).toEqual([]);
    expect([isProcessAlive(session.agent), isProcessAlive(left)]).toEqual([false, false]);
    expect(await marked(session.sessionId)).toEqual([]);
  }, 15_000);

  it('F:F39 never signals a process whose start time is not the one on record', async () => {
    const session = await rig.start('sleep 60');
    const forged = { pid: session.agent.pid, startTime: session.agent.startTime + 1 };
    const result = await stopProcessTree({ sessionId: 'another-session', agent: forged });
    expect(result.stopped).toEqual([]);
    expect(isProcessAlive(session.agent)).toBe(true);
    expect(systemProcessTable.signal(forged, 'SIGKILL')).toBe(false);
    expect(isProcessAlive(session.agent)).toBe(true);
  });
});

async function marked(sessionId: string): Promise<number[]> {
  const pids: number[] = [];
  for (const stat of (await systemProcessTable.list()) ?? []) {
    const ours = await systemProcessTable.hasEnv(stat.pid, `ROUNDHOUSE_SESSION=${sessionId}`);
    if (ours && stat.state !== 'Z') pids.push(stat.pid);
  }
  return pids;
}

/** A clock whose waits pass at once. */
function hastyClock(): Clock {
  let time = 0;
  return {
    now: () => time,
    monotonic: () => time,
    after(ms, callback) {
      const handle = setImmediate(() => {
        time += ms;
        callback();
      });
      return () => clearImmediate(handle);
    },
    every: () => () => undefined,
  };
}

/** Processes that exist only here. `deaf` ones die of KILL alone, `stuck` ones never. */
class ForgedTable implements ProcessTable {
  readonly sent: string[] = [];
  readonly processes: (Omit<ProcStat, 'state'> & {
    state: string;
    marker?: string;
    deaf?: boolean;
    stuck?: boolean;
  })[];

  constructor(
    processes: (Partial<ProcStat> & { pid: number; marker?: string; deaf?: boolean; stuck?: boolean })[],
  ) {
    const common = { comm: 'x', state: 'S', ppid: 1, pgrp: 0, session: 0, startTime: 100 };
    this.processes = processes.map((process) => ({ ...common, ...process }));
  }

  list(): Promise<ProcStat[]> {
    return Promise.resolve(this.processes.map((process) => ({ ...process })));
  }

  hasEnv(pid: number, entry: string): Promise<boolean> {
    return Promise.resolve(this.processes.some((each) => each.pid === pid && each.marker === entry));
  }

  signal(ref: ProcessRef, signal: NodeJS.Signals): boolean {
    this.sent.push(`${signal} ${String(ref.pid)}`);
    this.#deliver((each) => each.pid === ref.pid && each.startTime === ref.startTime, signal);
    return true;
  }

  signalGroup(pgid: number, signal: NodeJS.Signals | 0): boolean {
    if (signal === 0) return this.processes.some((each) => each.pgrp === pgid && each.state !== 'Z');
    this.sent.push(`${signal} group ${String(pgid)}`);
    this.#deliver((each) => each.pgrp === pgid, signal);
    return true;
  }

  #deliver(to: (each: ProcStat) => boolean, signal: NodeJS.Signals): void {
    for (const each of this.processes.filter(to)) {
      const dies = signal === 'SIGKILL' ? !each.stuck : signal === 'SIGTERM' && !each.deaf && !each.stuck;
      if (dies) each.state = 'Z';
    }
  }
}

const agent = { pid: 50, startTime: 100 };
const marker = 'ROUNDHOUSE_SESSION=s1';

describe('the ladder', () => {
  it('signals the group once and everything else one by one; zombies and strangers not at all', async () => {
    const table = new ForgedTable([
      { pid: 50, pgrp: 50, session: 50 },
      { pid: 51, pgrp: 50, session: 50, ppid: 50 },
      { pid: 52, pgrp: 52, session: 50, ppid: 50 },
      { pid: 53, pgrp: 53, session: 53, marker },
      { pid: 54, pgrp: 54, session: 54, ppid: 53 },
      { pid: 60, state: 'Z', marker },
      { pid: 61, marker: `${marker}0` },
    ]);
    const result = await stopProcessTree({ sessionId: 's1', agent, table, clock: hastyClock() });
    expect(table.sent.filter((sent) => sent.startsWith('SIGTERM'))).toEqual([
      'SIGTERM group 50',
      'SIGTERM 52',
      'SIGTERM 53',
      'SIGTERM 54',
    ]);
    expect(result.stopped.map((each) => each.pid)).toEqual([50, 51, 52, 53, 54]);
  });

  it('does not touch the group of a pid that was given away', async () => {
    const table = new ForgedTable([
      { pid: 50, pgrp: 50, session: 50, startTime: 999 },
      { pid: 70, pgrp: 50, session: 50, startTime: 999 },
      { pid: 71, pgrp: 50, session: 50, startTime: 120, marker },
    ]);
    await stopProcessTree({ sessionId: 's1', agent, table, clock: hastyClock() });
    expect(new Set(table.sent.map((sent) => sent.split(' ').slice(1).join(' ')))).toEqual(new Set(['71']));
  });

  it('kills after the grace, tells who survives even that, and never signals itself', async () => {
    const table = new ForgedTable([
      { pid: 50, pgrp: 50, deaf: true },
      { pid: 51, marker, stuck: true },
      { pid: process.pid, marker },
    ]);
    const clock = hastyClock();
    const result = await stopProcessTree({ sessionId: 's1', agent, table, clock });
    expect(result.survivors).toEqual([{ pid: 51, startTime: 100 }]);
    expect(result.stopped.map((each) => each.signal)).toEqual(['SIGKILL', 'SIGKILL']);
    expect(clock.monotonic()).toBeGreaterThan(STOP_GRACE_MS);
    expect(clock.monotonic()).toBeLessThanOrEqual(6_000);
    expect(table.sent.some((sent) => sent.endsWith(String(process.pid)))).toBe(false);
  });

  it('skips the grace when forced', async () => {
    const table = new ForgedTable([{ pid: 50, pgrp: 50 }]);
    await stopProcessTree({ sessionId: 's1', agent, force: true, table, clock: hastyClock() });
    expect(table.sent).toEqual(['SIGKILL group 50', 'SIGKILL 50']);
  });

  it('kills although a look at all processes takes longer than KILL is given', async () => {
    for (const force of [true, false]) {
      const table = new ForgedTable([{ pid: 50, pgrp: 50, deaf: true }]);
      const clock = hastyClock();
      const list = table.list.bind(table);
      table.list = () => {
        clock.after(2_000, () => undefined);
        return list();
      };
      const result = await stopProcessTree({ sessionId: 's1', agent, force, table, clock });
      expect(result.survivors).toEqual([]);
      expect(table.sent).toContain('SIGKILL 50');
    }
  });

  it('falls back to the process group where there is no /proc', async () => {
    const table = new ForgedTable([{ pid: 50, pgrp: 50, deaf: true }]);
    table.list = () => Promise.resolve(null as never);
    const result = await stopProcessTree({ sessionId: 's1', agent, table, clock: hastyClock() });
    expect(result).toEqual({
      stopped: [{ ...agent, command: '', signal: 'SIGKILL' }],
      survivors: [],
      sweptMarker: false,
    });
  });

  it('stops waiting when aborted', async () => {
    const table = new ForgedTable([{ pid: 50, pgrp: 50, stuck: true }]);
    const stopped = stopProcessTree(
      { sessionId: 's1', agent, table, clock: hastyClock() },
      AbortSignal.abort(new Error('enough')),
    );
    await expect(stopped).rejects.toThrow('enough');
  });
});

describe('parseStat', () => {
  it('reads a command name with spaces and brackets', () => {
    const rest = Array.from({ length: 40 }, (_, index) => String(index + 10)).join(' ');
    const stat = parseStat(`42 (a) b (c)) S 1 42 41 ${rest}`);
    expect(stat).toMatchObject({
      pid: 42,
      comm: 'a) b (c)',
      state: 'S',
      ppid: 1,
      pgrp: 42,
      session: 41,
      startTime: 25,
    });
    expect(parseStat('garbage')).toBeNull();
  });
});
