// Owns `npm run test:agents`: the real agents, installed from npm, through hub and daemon against fake models.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { countsLine } from './counts.mjs';
import { RunError } from './output.mjs';
import { runPlaywright } from './test.mjs';

const known = ['claude', 'codex', 'gemini', 'opencode', 'qwen', 'copilot', 'pi'];

/** Names of agents, all of them without one; what begins with "-" goes to Playwright. */
export async function run(args) {
  const named = args.filter((arg) => !arg.startsWith('-'));
  const strange = named.find((name) => !known.includes(name));
  if (strange) throw new RunError(`Unknown agent "${strange}"`, { hint: `One of ${known.join(', ')}` });
  await build();
  const reports = mkdtempSync(join(tmpdir(), 'roundhouse-reports-'));
  try {
    const given = args.filter((arg) => arg.startsWith('-'));
    const env = { E2E_AGENTS: (named.length > 0 ? named : known).join(',') };
    const counts = await runPlaywright(reports, { args: ['specs/agents', ...given], env });
    console.log(countsLine(counts));
    return counts.failed > 0 ? 1 : 0;
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}
