// Sessions of a program in the place of Claude Code: each says where its telemetry and its hooks go, and then sleeps.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DaemonProcess } from '../../e2e/stack/daemon.js';
import { makeRepository } from '../../e2e/stack/git-repo.js';
import { Stack } from '../../e2e/stack/stack.js';
import { until } from '../../e2e/stack/wait.js';

export interface Agent {
  readonly sessionId: string;
  /** With its secret path. */
  readonly endpoint: URL;
  /** Where its hooks leave their events. */
  readonly drop: string;
}

export class AgentHost {
  private constructor(
    readonly stack: Stack,
    readonly daemon: DaemonProcess,
    private readonly told: string,
    private readonly project: string,
  ) {}

  static async start(): Promise<AgentHost> {
    const stack = await Stack.start({ hubEnv: { ROUNDHOUSE_LOG_LEVEL: 'warn' } });
    try {
      const told = path.join(stack.base, 'told');
      const bin = path.join(stack.base, 'bin');
      for (const dir of [told, bin]) mkdirSync(dir, { recursive: true });
      writeFileSync(path.join(bin, 'claude'), program(told), { mode: 0o755 });
      const PATH = `${bin}:${process.env['PATH'] ?? ''}`;
      const daemon = stack.makeDaemon('bench', { env: { PATH, ROUNDHOUSE_LOG_LEVEL: 'warn' } });
      const project = makeRepository(daemon.root, 'bench');
      const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'bench' });
      daemon.hostId = id;
      daemon.start(joinToken);
      await stack.online(daemon);
      return new AgentHost(stack, daemon, told, project);
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  async agents(count: number): Promise<Agent[]> {
    const agents: Agent[] = [];
    while (agents.length < count) agents.push(await this.#agent());
    return agents;
  }

  async #agent(): Promise<Agent> {
    const { id: sessionId } = await this.stack.running(this.daemon, {
      project: this.project,
      profile: 'claude',
    });
    const lines = await until(
      () => {
        if (!readdirSync(this.told).includes(sessionId)) return false;
        const text = readFileSync(path.join(this.told, sessionId), 'utf8');
        return text.endsWith('.\n') && text.split('\n');
      },
      { what: 'the agent has said where it reports to' },
    );
    const [endpoint = '', ...args] = lines;
    const settings = readFileSync(args[args.indexOf('--settings') + 1] ?? '', 'utf8');
    // The relay's script and its directory stand in the command of the status line.
    const drop = /'?([^'" ]*\/hooks\/\d+)'? status/.exec(settings)?.[1];
    if (drop === undefined) throw new Error(`no directory for hooks in ${settings}`);
    return { sessionId, endpoint: new URL(endpoint), drop };
  }
}

const program = (told: string): string => `#!/bin/bash
case "$1" in --version | -v) echo '2.1.197 (Claude Code)'; exit ;; esac
printf '%s\\n' "$OTEL_EXPORTER_OTLP_ENDPOINT" "$@" . > "${told}/$ROUNDHOUSE_SESSION"
exec sleep 1000000
`;
