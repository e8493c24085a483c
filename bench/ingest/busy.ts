// Agents as they are on a busy host: a turn every two seconds, told as the profile has it, hooks, a status line.
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent } from './agents.js';
import { Reporter } from './bodies.js';
import { post } from './post.js';

const turnMs = 500;

/** Runs all of them for so long, spread over time as they are in life. @returns bodies, files, and refusals */
export async function keepBusy(agents: readonly Agent[], forMs: number): Promise<string> {
  const end = performance.now() + forMs;
  const counts = { bodies: 0, files: 0, refused: 0 };
  await Promise.all(
    agents.map(async (agent, index) => {
      const reporter = new Reporter();
      const send = async (signal: 'logs' | 'metrics', body: string): Promise<void> => {
        counts.bodies += 1;
        if ((await post(agent.endpoint, signal, body)) !== 200) counts.refused += 1;
      };
      await sleep((index * turnMs) / agents.length);
      for (let turn = index % 60; performance.now() < end; turn += 1) {
        const begun = performance.now();
        if (turn % 8 === 0) await send('logs', reporter.logs(2));
        if (turn % 60 === 10) await send('metrics', reporter.metrics(1));
        if (turn % 7 === 3) counts.files += hook(agent, turn);
        if (turn % 4 === 2) counts.files += statusLine(agent, turn);
        await sleep(Math.max(0, turnMs - (performance.now() - begun)));
      }
    }),
  );
  return `${String(counts.bodies)} bodies, ${String(counts.files)} files, ${String(counts.refused)} refused`;
}

/** As the relay writes it: whole by its rename. */
function leave(agent: Agent, name: string, content: object): number {
  const file = path.join(agent.drop, name);
  const draft = path.join(agent.drop, 'unwatched', `.${path.basename(name)}`);
  writeFileSync(draft, JSON.stringify(content));
  renameSync(draft, file);
  return 1;
}

function hook(agent: Agent, turn: number): number {
  const event = turn % 2 === 0 ? 'PreToolUse' : 'PostToolUse';
  return leave(agent, `${event}.${String(turn)}.json`, {
    session_id: agent.sessionId,
    transcript_path: '/home/dev/.claude/projects/x/y.jsonl',
    cwd: '/home/dev/src',
    permission_mode: 'default',
    hook_event_name: event,
    tool_name: 'Bash',
    tool_input: { command: `npm test -- ${String(turn)}`, description: 'Run the tests' },
  });
}

function statusLine(agent: Agent, turn: number): number {
  return leave(agent, 'unwatched/status.json', {
    session_id: agent.sessionId,
    model: { id: 'claude-opus-4-8', display_name: 'Opus' },
    workspace: { current_dir: '/home/dev/src', project_dir: '/home/dev/src' },
    version: '2.1.197',
    cost: { total_cost_usd: turn / 100, total_duration_ms: turn * 500, total_api_duration_ms: 1000 },
    context_window: {
      context_window_size: 200_000,
      used_percentage: 12,
      current_usage: {
        input_tokens: 1200 + turn,
        output_tokens: 80,
        cache_creation_input_tokens: 300,
        cache_read_input_tokens: 900,
      },
    },
    rate_limits: { five_hour: { used_percentage: 20, resets_at: 1_900_000_000 } },
  });
}
