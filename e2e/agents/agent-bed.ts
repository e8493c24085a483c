// A hub, a daemon whose home and PATH have one real agent, and that agent's fake model.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { Stack } from '../stack/stack.js';
import type { FakeServer } from './fake-server.js';
import { snapshotOf, type Snapshot } from './home-snapshot.js';
import { OtlpTee } from './otlp-tee.js';
import { priceFile } from './price.js';
import type { RealAgent } from './real-agents.js';

export interface AgentBed {
  readonly stack: Stack;
  readonly daemon: DaemonProcess;
  readonly project: string;
  readonly fake: FakeServer;
  readonly tee: OtlpTee;
  /** The home before the agent was ever started. */
  readonly before: Snapshot;
}

export async function startBed(agent: RealAgent, program: string): Promise<AgentBed> {
  const fake = agent.fake();
  const tee = new OtlpTee();
  await Promise.all([fake.start(), tee.start()]);
  const stack = await Stack.start();
  const bin = path.join(stack.base, 'bin');
  const env: Record<string, string> = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  const daemon = stack.makeDaemon('one', { env });
  const project = makeRepository(daemon.root, 'signals');
  Object.assign(env, agent.seed({ home: daemon.home, project, url: fake.url }));
  mkdirSync(bin, { recursive: true });
  if (agent.name === 'claude') throughTee(path.join(bin, agent.name), program, tee.url);
  else symlinkSync(program, path.join(bin, agent.name));
  if (agent.ownPrice) writeFileSync(path.join(daemon.stateDir, 'prices.yaml'), priceFile(agent.ownPrice));
  const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'one' });
  daemon.hostId = id;
  const before = snapshotOf(daemon.home);
  daemon.start(joinToken);
  await stack.online(daemon);
  return { stack, daemon, project, fake, tee, before };
}

export async function stopBed({ fake, tee, stack }: AgentBed): Promise<void> {
  fake.stop();
  tee.stop();
  await stack.stop();
}

/** The agent's telemetry goes through `teeUrl`; it does not know. */
function throughTee(file: string, program: string, teeUrl: string): void {
  writeFileSync(
    file,
    `#!/bin/sh
if [ -n "$OTEL_EXPORTER_OTLP_ENDPOINT" ]; then
  export OTEL_EXPORTER_OTLP_ENDPOINT="${teeUrl}/\${OTEL_EXPORTER_OTLP_ENDPOINT#http://127.0.0.1:}"
fi
exec '${program}' "$@"
`,
  );
  chmodSync(file, 0o755);
}
