// The extension that the profile of pi gives to it, in a real process: what it hands over, and what it keeps to itself.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadProfileDirectories } from './node/load-directories.js';

const directory = fileURLToPath(new URL('../../../profiles', import.meta.url));
let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'rh-pi-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const nth = (file: string): number => Number(/-(\d+)\.json$/.exec(file)?.[1]);

/** Runs `script` with `pi`, whose handlers `say` calls. @returns what was handed over, in its order */
async function handedOver(script: string): Promise<readonly (readonly [string, unknown])[]> {
  const { profiles } = await loadProfileDirectories([directory]);
  const text = profiles.find(({ profile }) => profile.name === 'pi')?.profile.overlay?.files?.[
    'roundhouse.js'
  ];
  const drop = join(home, 'drop');
  mkdirSync(drop);
  writeFileSync(join(home, 'extension.mjs'), typeof text === 'string' ? text : '');
  writeFileSync(
    join(home, 'run.mjs'),
    `const load = async (n) => (await import('./extension.mjs?' + n)).default;
     const handlers = {};
     const pi = { on: (event, handler) => (handlers[event] ??= []).push(handler) };
     const sessionManager = { getSessionFile: () => globalThis.file, getSessionId: () => 'id-1' };
     const getContextUsage = () => globalThis.usage;
     const say = (event, told = {}) =>
       handlers[event].forEach((handle) => handle(told, { sessionManager, getContextUsage, model: { id: 'm' } }));
     const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
     (await load(1))(pi);
     ${script}`,
  );
  const env = { ...process.env, PI_EVENT_DROP: drop };
  const ran = spawnSync(process.execPath, ['run.mjs'], { cwd: home, env, encoding: 'utf8', timeout: 10_000 });
  expect(ran.stderr).toBe('');
  return readdirSync(drop)
    .sort((a, b) => nth(a) - nth(b))
    .map((file) => [
      file.split('.').slice(0, -2).join('.') || file,
      JSON.parse(readFileSync(join(drop, file), 'utf8')),
    ]);
}

it('tells state, tokens and prompts, but nothing that was said; its directory is not inherited', async () => {
  const told = await handedOver(`
    say('session_start', { reason: 'startup' });
    say('message_end', { message: { role: 'user', content: [{ type: 'text', text: 'geheim' }] } });
    say('agent_start');
    say('tool_execution_start', { toolCallId: '1' });
    say('tool_execution_end', { toolCallId: '1', toolName: 'bash', isError: true, result: 'geheim' });
    say('message_end', { message: { role: 'assistant', content: 'geheim', usage: { input: 1 }, model: 'm', stopReason: 'stop' } });
    globalThis.file = './run.mjs';
    say('agent_end', { messages: [{ role: 'assistant', stopReason: 'stop' }] });
    await wait(100);
    if (process.env.PI_EVENT_DROP) throw new Error('inherited');`);
  expect(told.map(([name]) => name)).toEqual(['session', 'prompt', 'working', 'tool', 'answer', 'ended']);
  expect(JSON.stringify(told)).not.toContain('geheim');
  const [session, prompt, , tool, answer, ended] = told.map(([, payload]) => payload);
  // Nothing that could be resumed before the first answer.
  expect(session).not.toHaveProperty('conversation');
  expect(prompt).toMatchObject({ characters: 6 });
  expect(tool).toMatchObject({ tool: 'bash', success: false });
  expect(answer).toMatchObject({ usage: { input: 1 }, model: 'm', failed: false });
  expect(ended).toMatchObject({ stopReason: 'stop', conversation: 'id-1' });
});

it('a run that goes on at once is no end; a question is told, and its answer', async () => {
  const told = await handedOver(`
    say('agent_start');
    say('agent_end', { messages: [] });
    say('agent_start');
    say('ui_prompt_start', { title: 'Run it?' });
    say('ui_prompt_end');
    await wait(100);`);
  expect(told.map(([name]) => name)).toEqual(['working', 'working', 'asking', 'working']);
  expect(told[2]?.[1]).toMatchObject({ title: 'Run it?' });
});

it('loaded again for a new conversation, it goes on; the window is told once it is known', async () => {
  const told = await handedOver(`
    say('turn_end');
    globalThis.usage = { tokens: 12, contextWindow: 100 };
    say('turn_end');
    for (const event of Object.keys(handlers)) delete handlers[event];
    (await load(2))(pi);
    say('agent_start');
    for (const handle of handlers.message_end) handle({}, {});`);
  expect(told.map(([name]) => name)).toEqual(['status.json', 'working']);
  expect(told[0]?.[1]).toEqual({ model: 'm', used: 12, window: 100 });
});
