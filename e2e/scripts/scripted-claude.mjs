// Claude Code without a model: takes its words, keeps conversations in its store, refuses what it refuses, runs the hooks
// that it is given and tells its requests. Each start is a line in ~/starts.jsonl. What is typed is a prompt: one with
// "{{hang}}" is worked on until the next line; `/model …` and `/exit` are what they are.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

const [, , ...argv] = process.argv;
if (argv[0] === '--version') {
  console.log('2.0.0 (scripted)');
  process.exit(0);
}

const {
  HOME = '/',
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  ROUNDHOUSE_SESSION: session,
  ENGINE: engine,
} = process.env;
const cwd = process.cwd();
const store = path.join(HOME, '.claude/projects', cwd.replaceAll(/[^\w-]/g, '-'));
const fileOf = (id) => path.join(store, `${id}.jsonl`);
const option = (name) => (argv.includes(name) ? (argv[argv.indexOf(name) + 1] ?? '') : null);

function refuse(text) {
  console.error(text);
  process.exit(1);
}

/** The conversation of the directory that was written last. */
function newest() {
  const names = existsSync(store) ? readdirSync(store) : [];
  const [first] = names.toSorted(
    (a, b) => statSync(path.join(store, b)).mtimeMs - statSync(path.join(store, a)).mtimeMs,
  );
  return first?.replace('.jsonl', '') ?? refuse('No conversation found to continue');
}

function begin() {
  const chosen = option('--session-id');
  if (chosen !== null)
    return existsSync(fileOf(chosen)) ? refuse(`Session ID ${chosen} is already in use.`) : chosen;
  const resumed = option('--resume') ?? (argv.includes('--continue') ? newest() : null);
  if (resumed === null) return randomUUID();
  if (!existsSync(fileOf(resumed))) refuse(`No conversation found with session ID: ${resumed}`);
  if (!argv.includes('--fork-session')) return resumed;
  const copy = randomUUID();
  copyFileSync(fileOf(resumed), fileOf(copy));
  return copy;
}

mkdirSync(path.join(HOME, '.claude'), { recursive: true });
const id = begin();
const source = option('--session-id') === null ? 'resume' : 'startup';
const said = () =>
  existsSync(fileOf(id))
    ? readFileSync(fileOf(id), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).message)
    : [];
let model = option('--model') ?? 'opus';

const { hooks = {} } = JSON.parse(readFileSync(option('--settings') ?? '/dev/null', 'utf8') || '{}');
function hook(event, more = {}) {
  for (const { hooks: commands } of hooks[event] ?? [])
    for (const { command } of commands)
      spawnSync('/bin/sh', ['-c', command], {
        input: JSON.stringify({ hook_event_name: event, session_id: id, ...more }),
      });
}

async function tellRequest() {
  if (endpoint === undefined) return;
  const attributes = {
    ...{
      'event.name': 'api_request',
      'session.id': id,
      request_id: randomUUID(),
      query_source: 'repl_main_thread',
    },
    ...{ model: `claude-${model}-4-5`, input_tokens: '7', output_tokens: '5', cost_usd: '0.001' },
  };
  const told = Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const record = {
    timeUnixNano: `${Date.now()}000000`,
    body: { stringValue: 'claude_code.api_request' },
    attributes: told,
  };
  const scope = { name: 'com.anthropic.claude_code.events' };
  await fetch(`${endpoint}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ scope, logRecords: [record] }] }] }),
  });
}

const start = { at: Date.now(), session, id, argv, cwd, engine: engine ?? null, said: said() };
hook('SessionStart', { source, model });
appendFileSync(path.join(HOME, 'starts.jsonl'), `${JSON.stringify(start)}\n`);
console.log(`${id} has heard ${start.said.length}`);

async function answer(message) {
  mkdirSync(store, { recursive: true });
  appendFileSync(fileOf(id), `${JSON.stringify({ type: 'user', sessionId: id, cwd, message })}\n`);
  await tellRequest();
  hook('Stop');
  console.log(`${model} has answered: ${message}`);
}

let hanging = null;
for await (const line of createInterface({ input: process.stdin })) {
  if (line === '/exit') break;
  if (line.startsWith('/model ')) {
    model = line.slice('/model '.length);
    console.log(`The model is ${model}`);
  } else if (hanging !== null) {
    await answer(hanging);
    hanging = null;
  } else {
    hook('UserPromptSubmit', { prompt: line });
    if (line.includes('{{hang}}')) hanging = line;
    else await answer(line);
  }
}
hook('SessionEnd', { reason: 'prompt_input_exit' });
process.exit(0);
