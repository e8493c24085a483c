// What other parts add to an agent's start, and what they hear of its life, with real keepers and shells.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { eventually } from '../keeper/testing/keeper-rig.js';
import type { AgentLife } from './agent-life.js';
import { SessionBed } from './testing/session-bed.js';

const beds: SessionBed[] = [];
afterEach(async () => {
  for (const bed of beds.splice(0)) await bed[Symbol.asyncDispose]();
});

function watchedBed() {
  const bed = new SessionBed();
  beds.push(bed);
  const heard: string[] = [];
  bed.watchers.push({
    begun: ({ epoch, found, cwd }: AgentLife) =>
      heard.push(`begun ${String(epoch)} ${found ? 'found' : 'new'} ${String(cwd === bed.project)}`),
    ended: ({ epoch }) => heard.push(`ended ${String(epoch)}`),
  });
  return { bed, heard };
}

it('hands on arguments and variables that were prepared for this process', async () => {
  const { bed } = watchedBed();
  bed.prepareAgent = ({ dir, cwd, project }) =>
    Promise.resolve({
      args: [`${String(dir.sessionId.length)}`],
      env: { PREPARED: cwd === project ? 'yes' : 'no' },
      warnings: [],
    });
  const program = join(bed.base, 'echo-agent');
  writeFileSync(program, '#!/bin/sh\nprintf "got:%s:%s\\n" "$1" "$PREPARED"; sleep 30\n', { mode: 0o755 });
  await bed.profile('echo', '', { binary: program });
  const { sessions } = await bed.daemon();
  const op = await bed.spawn(sessions, 'echo');
  const { begin } = await sessions.require(op.sessionId).output.openStream(1, 0);
  await begin();
  await eventually(() => bed.received.text.includes('got:36:yes'), 'the agent saw both');
});

it('tells begin and end of each life once, and what was found after a restart', async () => {
  const { bed, heard } = watchedBed();
  await bed.profile('sleeper', 'sleep 30');
  const first = await bed.daemon();
  const op = await bed.spawn(first.sessions, 'sleeper');
  expect(heard).toEqual(['begun 1 new true']);
  await first.end();
  expect(heard).toHaveLength(1);
  const second = await bed.daemon();
  expect(heard).toEqual(['begun 1 new true', 'begun 1 found true']);
  second.sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
  await bed.fact('session.exited', op);
  expect(heard).toEqual(['begun 1 new true', 'begun 1 found true', 'ended 1']);
});
