// Secrets that agents send, are given or are asked about: where each of them may be, and that it is nowhere else.
import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { Collector } from '../otlp/collector.js';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { deliver, endpointOf } from '../stack/otlp-sender.js';
import { hubUnderTest } from '../stack/paths.js';
import { filesIn, placesOf } from '../stack/places.js';
import { Stack } from '../stack/stack.js';
import { ToldAgent, toldProfile } from '../stack/told-agent.js';
import { until } from '../stack/wait.js';

const run = randomUUID().slice(0, 8);
const secret = (name: string): string => `canary-${name}-${run}`;

/** Each is used in one place alone, so that its name says where it got out. */
const canaries = {
  // What the person who starts the daemon has in their environment.
  userHeaders: secret('user-headers'),
  userResource: secret('user-resource'),
  forwardHeader: secret('forward-header'),
  passedOn: secret('passed-on'),
  namedOn: secret('named-on'),
  // What an agent sends over OTLP.
  header: secret('header'),
  query: secret('query'),
  resource: secret('resource'),
  scope: secret('scope'),
  body: secret('body'),
  prompt: secret('prompt'),
  parameters: secret('parameters'),
  failure: secret('failure'),
  metric: secret('metric'),
  span: secret('span'),
  broken: secret('broken'),
  // What it tells by hooks and status line.
  hookPrompt: secret('hook-prompt'),
  hookOther: secret('hook-other'),
  hookAnswer: secret('hook-answer'),
  worked: secret('worked'),
  hookBroken: secret('hook-broken'),
  asked: secret('asked'),
  statusLine: secret('status-line'),
  stopped: secret('stopped'),
  // What a person types, and what the files of a project hold.
  typed: secret('typed'),
  remote: secret('remote'),
  mcp: secret('mcp'),
  refused: secret('refused'),
} as const;
type Canary = keyof typeof canaries | 'telemetryToken';

/** Of the shell itself, in the private directory of its session. */
const sidecarFile = /^state of the daemon: sessions\/[^/]+\/tmp\/\.agent-telemetry-/;

/** Where a canary may be, and why; everything else is a leak. Places are named below. */
type Allowed = Partial<Record<Canary, readonly RegExp[]>>;
const allowed: Allowed = {
  // Environments that the user made: of the daemon, and of the agents that are given the variable.
  userHeaders: [/^environment of the daemon$/],
  userResource: [/^environment of the daemon$/],
  forwardHeader: [/^environment of the daemon$/],
  passedOn: [/^environment of (the daemon|claude)$/],
  namedOn: [/^environment of (the daemon|claude)$/],
  // Each agent is told where its telemetry goes.
  telemetryToken: [/^environment of claude$/],
  // The bytes of the terminal are kept on the host, and only there.
  typed: [/^state of the daemon: sessions\/[^/]+\/epochs\/1\/(?:spool\/|screen\.checkpoint$)/, sidecarFile],
  // The newest status line stays with the running session, on the host, for the next daemon.
  statusLine: [/^state of the daemon: sessions\/[^/]+\/hooks\/\d+\/unwatched\/status\.json$/],
};
/** What an agent asks or does is shown to the person who has to answer, and kept with the state as long as it lasts. */
const whileShown = [
  /^GET sessions/,
  /^table sessions$/,
  /^state of the daemon: sessions\/[^/]+\/activity\.json$/,
];

let stack: Stack;
let daemon: DaemonProcess;
let project: string;
let agent: ToldAgent;
let shell: string;
let telemetryToken: string;
const collector = new Collector();

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  const collectorUrl = await collector.start();
  const hubEnv = { ROUNDHOUSE_LOG_LEVEL: 'debug' };
  stack = await Stack.start({ hubEntry: hubUnderTest, hubEnv });
  daemon = stack.makeDaemon('one', {
    env: {
      ...toldProfile(stack.base),
      ROUNDHOUSE_LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${canaries.userHeaders}`,
      OTEL_RESOURCE_ATTRIBUTES: `deployment.key=${canaries.userResource}`,
      OTLP_FORWARD_URL: collectorUrl,
      OTLP_FORWARD_HEADERS: `x-collector-key=${canaries.forwardHeader}`,
      ANTHROPIC_AUTH_TOKEN: canaries.passedOn,
      SERVICE_KEY: canaries.namedOn,
    },
  });
  project = makeRepository(daemon.root, 'engine');
  execFileSync('git', ['remote', 'add', 'origin', `https://ada:${canaries.remote}@git.example/engine.git`], {
    cwd: project,
  });
  const server = { command: 'npx', args: ['--key', canaries.mcp], env: { API_KEY: canaries.mcp } };
  writeFileSync(path.join(project, '.mcp.json'), JSON.stringify({ mcpServers: { tools: server } }));
  const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'one' });
  daemon.hostId = id;
  daemon.start(joinToken);
  await stack.online(daemon);
  agent = await ToldAgent.start(stack, daemon, { project, options: { envNames: ['SERVICE_KEY'] } });
  shell = (await stack.running(daemon, { project })).id;
  telemetryToken = new URL(endpointOf(agent.session)).pathname.split('/').at(-1) ?? '';
  expect(telemetryToken.length).toBeGreaterThan(20);
});
test.afterAll(async () => {
  await collector.stop();
  await stack.stop();
});

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });

/** An event of Claude, with everything around it that nobody asked for. */
function event(name: string, attributes: Readonly<Record<string, string>>) {
  const all = Object.entries({ 'event.name': name, ...attributes }).map(([key, value]) => text(key, value));
  const body = { kvlistValue: { values: [text('note', canaries.body)] } };
  const logRecords = [
    { timeUnixNano: `${Date.now()}000000`, body: { stringValue: `claude_code.${name}` }, attributes: all },
    { timeUnixNano: `${Date.now()}000000`, body, attributes: [] },
  ];
  const scope = { name: 'com.anthropic.claude_code.events', attributes: [text('key', canaries.scope)] };
  const resource = { attributes: [text('service.key', canaries.resource)] };
  return { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] };
}

async function sendTelemetry(): Promise<void> {
  const endpoint = endpointOf(agent.session);
  const logs = `${endpoint}/v1/logs`;
  await deliver(
    logs,
    event('user_prompt', { 'prompt.id': 'p1', prompt_length: '9', prompt: canaries.prompt }),
  );
  const parameters = JSON.stringify({ bash_command: `export API_KEY=${canaries.parameters}` });
  const tool = { tool_name: 'Bash', tool_use_id: 't1', success: 'true', duration_ms: '5', 'prompt.id': 'p1' };
  await deliver(logs, event('tool_result', { ...tool, tool_parameters: parameters, tool_input: parameters }));
  const counts = { input_tokens: '11', output_tokens: '7', cost_usd: '0.01', request_id: 'r1' };
  const model = 'claude-opus-4-8';
  await deliver(logs, event('api_request', { ...counts, model, 'prompt.id': 'p1', prompt: canaries.prompt }));
  await deliver(
    logs,
    event('api_error', { model, error: `denied: ${canaries.failure}`, status_code: '401' }),
  );
  const time = { startTimeUnixNano: `${Date.now()}000000`, timeUnixNano: `${Date.now() + 1}000000` };
  const points = [
    { ...time, asDouble: 1, attributes: [text('type', 'input'), text('key', canaries.metric)] },
  ];
  const sum = { dataPoints: points, aggregationTemporality: 1, isMonotonic: true };
  const metrics = [{ name: 'claude_code.token.usage', unit: canaries.metric, sum }];
  await deliver(`${endpoint}/v1/metrics`, { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
  const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
  const times = { startTimeUnixNano: time.startTimeUnixNano, endTimeUnixNano: time.timeUnixNano };
  const span = { ...ids, ...times, name: 'claude_code.tool', attributes: [text('command', canaries.span)] };
  await deliver(`${endpoint}/v1/traces`, { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  // What is refused: in the address, in a header, in a body that is none, in one with a value that cannot be.
  const key = `?key=${canaries.query}`;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${canaries.header}` };
  for (const [url, body] of [
    [`${endpoint}/v1/logs${key}`, '{}'],
    [`${new URL(endpoint).origin}/v1/logs`, '{}'],
    [`${new URL(endpoint).origin}/s/${canaries.query}/v1/logs`, '{}'],
    [logs, `{"resourceLogs":"${canaries.broken}`],
    [logs, JSON.stringify({ resourceLogs: canaries.broken })],
    [
      logs,
      JSON.stringify({
        resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: canaries.broken }] }] }],
      }),
    ],
  ] as const) {
    const answer = await fetch(url, { method: 'POST', headers, body });
    expect(await answer.text()).not.toContain('canary');
  }
}

async function tellHooks(): Promise<void> {
  const other = { secret_field: canaries.hookOther, env: { API_KEY: canaries.hookOther } };
  await agent.hook('SessionStart', { source: 'startup', ...other });
  await agent.hook('UserPromptSubmit', { prompt: canaries.hookPrompt, ...other });
  const input = { command: `export API_KEY=${canaries.worked}`, other: canaries.hookOther };
  await agent.hook('PreToolUse', { tool_name: 'Bash', tool_input: input, ...other });
  await agent.hook('PostToolUse', {
    tool_name: 'Bash',
    tool_input: input,
    tool_response: canaries.hookAnswer,
  });
  await agent.hook('PostToolUse', `{"tool_name":"${canaries.hookBroken}`);
  await agent.hook('Notification', JSON.stringify([canaries.hookBroken]));
  const used = { context_window_size: 200_000, used_percentage: 12, current_usage: { input_tokens: 24_000 } };
  await agent.statusLine({
    context_window: used,
    session_name: canaries.statusLine,
    cwd: canaries.statusLine,
  });
}

/** Every canary with each place where it is. */
async function sightings(): Promise<{ name: Canary; place: string }[]> {
  const sessions = { claude: agent.session.id, 'the shell': shell };
  const places = await placesOf({ stack, daemon, project, sessions });
  return Object.entries({ ...canaries, telemetryToken }).flatMap(([name, value]) =>
    places.filter(([, held]) => held.includes(value)).map(([place]) => ({ name: name as Canary, place })),
  );
}

/** Those that may not be there. `now` says what is allowed at this moment instead. */
async function leaks(now: Allowed = {}): Promise<string[]> {
  const may = { ...allowed, ...now };
  return (await sightings())
    .filter(({ name, place }) => !may[name]?.some((one) => one.test(place)))
    .map(({ name, place }) => `${name}: ${place}`);
}

const activity = async () => (await stack.session(agent.session.id)).activity;

test('R:H15 what an agent sends, is given or shows is only where it has to be', async () => {
  await sendTelemetry();
  await tellHooks();
  const viewer = await stack.view(shell);
  await viewer.type(`export API_KEY=${canaries.typed}\r`);
  const refused = {
    ...{
      hostId: daemon.hostId,
      profile: 'claude',
      project,
      mode: 'new',
      worktree: false,
      cols: 80,
      rows: 24,
    },
  };
  for (const options of [{ env: { API_KEY: canaries.refused } }, { args: ['--api-key', canaries.refused] }]) {
    const answer = await stack.rest.call(
      'POST',
      'sessions',
      { ...refused, options },
      {
        'idempotency-key': randomUUID(),
      },
    );
    expect(answer.body).toMatchObject({ code: 'SECRET_IN_OPTIONS' });
    expect(JSON.stringify(answer.body)).not.toContain(canaries.refused);
  }
  const { id } = agent.session;
  await until(async () => (await stack.rest.get(`sessions/${id}/usage`)).tools.length === 1, {
    what: 'the hub has what was reported',
  });
  await until(async () => (await stack.session(id)).context?.source === 'status-line', {
    what: 'the context',
  });
  // What the shell reports is shown without what looks like a secret.
  await until(async () => (await stack.session(shell)).sidecar?.['last_cmd'] === 'export API_KEY=***', {
    what: 'the shell has reported',
  });
  await until(() => collector.got.length >= 6, { what: 'the own collector has it' });
  expect((await activity())?.ask?.command).toContain(canaries.worked);
  expect(await leaks({ worked: whileShown })).toEqual([]);
  // The search finds them where they have to be.
  const seen = await sightings();
  for (const [name, places] of Object.entries(allowed)) {
    for (const place of places) {
      expect(
        seen.filter((one) => one.name === name && place.test(one.place)),
        name,
      ).not.toEqual([]);
    }
  }
});

test('R:H15 what is asked is shown as long as it is asked, and then gone', async () => {
  const command = `export API_KEY=${canaries.asked} && make`;
  await agent.hook('PermissionRequest', { tool_name: 'Bash', tool_input: { command } });
  await until(async () => (await activity())?.kind === 'waiting', { what: 'it waits' });
  expect((await activity())?.ask?.command).toBe(command);
  await until(() => filesIn('', daemon.stateDir).some(([, held]) => held.includes(canaries.asked)), {
    what: 'a daemon that comes after knows what is asked',
  });
  expect(await leaks({ asked: whileShown })).toEqual([]);
  await agent.hook('StopFailure', { error: canaries.stopped });
  await until(async () => (await activity())?.kind === 'error', { what: 'it ended with an error' });
  expect(await leaks({ stopped: whileShown, asked: [/activity\.json$/] })).toEqual([]);
  await agent.hook('UserPromptSubmit', { prompt: canaries.hookPrompt });
  await agent.hook('Stop');
  await until(async () => (await activity())?.kind === 'idle', { what: 'it is idle' });
  await until(async () => (await leaks()).length === 0, { what: 'nothing of it is left' }).catch(async () => {
    expect(await leaks()).toEqual([]);
  });
});

test('R:H15 the own collector gets what the agent sent, with its own key and none of ours', () => {
  const heads = JSON.stringify(collector.got.map(({ headers }) => headers));
  const bodies = collector.got.map(({ body }) => body.toString('utf8')).join('\n');
  expect(heads).toContain(canaries.forwardHeader);
  for (const other of [canaries.header, canaries.query, canaries.userHeaders])
    expect(heads).not.toContain(other);
  // It is the user's own, and gets the stream as it is.
  for (const sent of [canaries.prompt, canaries.parameters, canaries.resource])
    expect(bodies).toContain(sent);
  for (const other of [canaries.userHeaders, canaries.userResource, canaries.passedOn, canaries.hookPrompt]) {
    expect(bodies).not.toContain(other);
  }
});

test('R:H15 after the end only the bytes of the terminal are left, on the host', async () => {
  for (const id of [agent.session.id, shell]) {
    await stack.rest.ok('POST', `sessions/${id}/stop`, { force: true });
    await stack.sessionIs(id, 'exited');
  }
  const rest = { statusLine: [], telemetryToken: [] };
  await until(async () => (await leaks(rest)).length === 0, { what: 'nothing else is left' }).catch(
    async () => {
      expect(await leaks(rest)).toEqual([]);
    },
  );
});
