// Resume brings back exactly that conversation, in its directory, with its options: after whatever ended it, and however
// late; copies, models and conversations of elsewhere; all through hub and daemon, with the shipped profile of Claude.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from '@playwright/test';
import type { FoundConversation, Session } from '@roundhouse/protocol';
import { machineLauncher } from '../stack/container.js';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { daemonUnderTest, hubUnderTest } from '../stack/paths.js';
import { processesOfSession } from '../stack/processes.js';
import {
  installScriptedClaude,
  keepOutside,
  promptsOf,
  ScriptedClaude,
  settingsOf,
} from '../stack/scripted-claude.js';
import { Stack } from '../stack/stack.js';
import { until } from '../stack/wait.js';
import { WatchedPage } from '../stack/watched-page.js';

const monthMs = 30 * 24 * 3_600_000;
const hourMs = 3_600_000;
const options = {
  model: 'opus',
  permissionMode: 'acceptEdits',
  args: ['--verbose'],
  env: { ENGINE: 'green' },
} as const;
const chosen = ['--model', 'opus', '--permission-mode', 'acceptEdits', '--verbose'];

let stack: Stack;
let daemon: DaemonProcess;
let machine: readonly string[] | null;
let bootIdFile: string;
/** Projects: for worktrees; for conversations of elsewhere; for the browser. */
let engine: string;
let tender: string;
let depot: string;

test.describe.configure({ mode: 'serial', timeout: 120_000 });

test.beforeAll(async () => {
  stack = await Stack.start({ hubEntry: hubUnderTest });
  bootIdFile = path.join(stack.base, 'boot-id');
  boot();
  machine = machineLauncher(bootIdFile);
  const PATH = installScriptedClaude(path.join(stack.base, 'bin'));
  const launcher = machine ? { launcher: machine } : {};
  daemon = stack.makeDaemon('dev-01', { env: { PATH }, entry: daemonUnderTest, ...launcher });
  engine = makeRepository(daemon.root, 'engine');
  tender = makeRepository(daemon.root, 'tender');
  depot = makeRepository(daemon.root, 'depot');
  const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'dev-01' });
  daemon.hostId = id;
  daemon.start(joinToken);
  await stack.online(daemon);
});
test.afterAll(async () => {
  // The launcher of a machine does not hand on a request to end.
  if (machine) await daemon.kill9();
  await stack.stop();
});

/** The machine starts: it has another boot id. */
const boot = (): void => writeFileSync(bootIdFile, `${randomUUID()}\n`);

async function begin(request: Readonly<Record<string, unknown>>): Promise<ScriptedClaude> {
  const { id } = await stack.running(daemon, { profile: 'claude', ...request });
  return new ScriptedClaude(stack, daemon, id);
}
const wordsOf = (claude: ScriptedClaude, ...begin: string[]) => [
  ...begin,
  ...settingsOf(daemon, claude.id),
  ...chosen,
];

let first: ScriptedClaude;

test('R:H2 F:C4 the conversation goes on after its agent ended, crashed and went with its host, and after 30 days: same worktree, same options', async () => {
  first = await begin({ project: engine, worktree: true, trust: true, options });
  const { id } = first;
  const { cwd, conversationId } = await stack.session(id);
  expect(cwd).toContain('.agent-worktrees');
  expect(conversationId).toBe(id);
  const said: string[] = [];
  const say = async (prompt: string) => {
    await first.say(prompt);
    said.push(prompt);
  };
  const same = { id, cwd, engine: 'green' };
  expect(await first.atPrompt(1)).toMatchObject({
    ...same,
    argv: wordsOf(first, '--session-id', id),
    said: [],
  });
  /** The next start, after what `end` waits for. */
  const goesOn = async (number: number): Promise<void> => {
    await first.resume();
    const start = await first.atPrompt(number);
    expect(start).toMatchObject({ ...same, argv: wordsOf(first, '--resume', id), said });
    expect(await stack.session(id)).toMatchObject({
      ...{ epoch: number, conversationId: id, cwd, worktree: true, options, notes: [] },
    });
  };

  await say('Oil the axles');
  await first.exit();
  expect((await stack.session(id)).stateReason?.code).toBe('EXITED');
  await goesOn(2);

  await say('Light the fire');
  for (const { pid } of processesOfSession(id)) process.kill(pid, 'SIGKILL');
  expect((await stack.sessionIs(id, 'exited')).stateReason?.code).toBe('CRASHED');
  await goesOn(3);

  await say('Raise steam');
  let starts = 4;
  if (machine) {
    await daemon.kill9();
    await until(() => processesOfSession(id).length === 0, { what: 'everything on the machine is gone' });
    boot();
    daemon.start();
    await stack.online(daemon);
    expect((await stack.sessionIs(id, 'interrupted')).stateReason?.code).toBe('HOST_RESTARTED');
    await goesOn(starts);
    starts += 1;
    await say('Whistle');
  } else test.info().annotations.push({ type: 'skip', description: 'no restart: unshare is not permitted' });

  await first.stop();
  await days();
  await goesOn(starts);
});

/** A month passes, with what hub and daemon do each hour. */
async function days(): Promise<void> {
  for (const { program } of [stack.hub, daemon]) {
    await program.order('jump', { ms: monthMs });
    await program.order('advance', { ms: hourMs });
  }
  // The login has lapsed.
  stack.rest.credential = { token: stack.token };
  await stack.online(daemon);
}

test('F:C14 a running agent takes another model when it is idle and not before; Resume has the one that was chosen', async () => {
  const { id } = first;
  const models: (string | null)[] = [];
  const ui = await stack.ui();
  ui.on('entity.changed', ({ id: changed, entity }: { id: string; entity?: Session }) => {
    if (changed === id && entity) models.push(entity.model);
  });
  const ask = () => stack.rest.call('POST', `sessions/${id}/model`, { model: 'sonnet' });
  await first.type('Uncouple {{hang}}');
  await first.is('working');
  const refused = await ask();
  expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT']);
  await first.say('go on');
  expect((await ask()).status).toBe(200);
  await first.say('Couple up');
  await until(() => models.at(-1) === 'claude-sonnet-4-5', { what: 'the page is told of the model' });
  const viewer = await stack.view(id);
  await viewer.sees('sonnet has answered: Couple up');
  expect(viewer.text.match(/The model is/g)).toHaveLength(1);
  viewer.close();
  await first.stop();
  await first.resume();
  const { argv } = await first.atPrompt(first.starts.length + 1);
  expect(argv).toEqual(wordsOf(first, '--resume', id));
});

test('F:C4 a copy goes on from the conversation in a session of its own, which is resumed as itself; the other stays', async () => {
  const { id } = first;
  const before = await stack.session(id);
  const { cwd } = before;
  const said = promptsOf(daemon, cwd ?? '', id);
  const made: Session = await first.resume({ resume: 'fork' });
  expect(made).toMatchObject({ resumedFrom: id, epoch: 1, worktree: false, options, conversationId: null });
  const copy = new ScriptedClaude(stack, daemon, made.id);
  const start = await copy.atPrompt(1);
  expect(start).toMatchObject({
    ...{ argv: wordsOf(copy, '--resume', id, '--fork-session'), cwd, engine: 'green', said },
  });
  expect(start.id).not.toBe(id);
  await copy.say('Only in the copy');
  await copy.stop();
  expect(await stack.session(copy.id)).toMatchObject({ conversationId: start.id, cwd });
  await copy.resume();
  expect(await copy.atPrompt(2)).toMatchObject({
    ...{ argv: wordsOf(copy, '--resume', start.id), id: start.id, cwd, engine: 'green' },
    said: [...said, 'Only in the copy'],
  });
  expect(promptsOf(daemon, cwd ?? '', id)).toEqual(said);
  expect(await stack.session(id)).toMatchObject({
    state: 'running',
    conversationId: id,
    epoch: before.epoch,
  });
  await copy.stop();
  await first.stop();
});

test('F:C4 a conversation of elsewhere is found and goes on here, by itself or as the newest of its directory', async () => {
  const [older, newer] = [randomUUID(), randomUUID()];
  keepOutside(daemon, tender, older, 'Count the wagons');
  const found = async () => {
    const query = new URLSearchParams({ project: tender, profile: 'claude' });
    const { items } = await stack.rest.get(`hosts/${daemon.hostId}/conversations?${query.toString()}`);
    return (items as FoundConversation[]).map(({ id, cwd, sessionId }) => ({ id, cwd, sessionId }));
  };
  expect(await found()).toEqual([{ id: older, cwd: tender, sessionId: null }]);
  const adopted = await begin({ project: tender, mode: 'resume', conversation: older });
  expect(await adopted.atPrompt(1)).toMatchObject({
    argv: ['--resume', older, ...settingsOf(daemon, adopted.id)],
    ...{ id: older, cwd: tender, said: ['Count the wagons'] },
  });
  expect(await found()).toEqual([{ id: older, cwd: tender, sessionId: adopted.id }]);
  await adopted.stop();

  keepOutside(daemon, tender, newer, 'Count them again');
  const last = await begin({ project: tender, mode: 'resume' });
  expect(await last.atPrompt(1)).toMatchObject({
    argv: ['--continue', ...settingsOf(daemon, last.id)],
    ...{ id: newer, said: ['Count them again'] },
  });
  // At once: it has learnt which one that was, whatever is the newest by then.
  await last.stop();
  expect((await stack.session(last.id)).conversationId).toBe(newer);
  keepOutside(daemon, tender, randomUUID(), 'Something else');
  await last.resume();
  expect(await last.atPrompt(2)).toMatchObject({
    argv: ['--resume', newer, ...settingsOf(daemon, last.id)],
    said: ['Count them again'],
  });
  await last.stop();
});

test('F:C4 F:C14 the page asks for another model; once it was stopped right after its prompt, it offers to resume it, and what was last', async ({
  page,
}) => {
  const app = await WatchedPage.watch(page);
  await app.signIn(stack.hub.url);
  const claude = await begin({ project: depot, name: 'Sweep the depot' });
  await claude.atPrompt(1);
  await page.goto(`${stack.hub.url}/sessions/${claude.id}`);
  await expect(page.getByRole('button', { name: 'Idle: why' }).filter({ visible: true })).toBeVisible();
  const sonnet = page.getByRole('menuitem', { name: 'sonnet' });
  // The menu comes a moment after its button.
  await expect(async () => {
    await page.getByRole('button', { name: 'More actions' }).click();
    await expect(sonnet).toBeVisible({ timeout: 500 });
  }).toPass();
  await sonnet.click();
  const viewer = await stack.view(claude.id);
  await viewer.sees('The model is sonnet');
  viewer.close();
  await claude.type('Sweep it {{hang}}');
  await claude.is('working');
  await claude.stop();
  const end = page.getByRole('status').filter({ hasText: 'New session' });
  const resume = end.getByRole('button', { name: 'Resume', exact: true });
  const last = end.getByRole('button', { name: 'Resume last' });
  await expect(resume).toBeVisible();
  await expect(last).toBeVisible();

  // The agent had kept nothing yet: its conversation begins under the same id, and the page says so.
  await resume.click();
  expect(await claude.atPrompt(2)).toMatchObject({
    argv: ['--session-id', claude.id, ...settingsOf(daemon, claude.id)],
  });
  await expect(page.getByText('nothing was said in it')).toBeVisible({ timeout: 2_000 });
  await claude.stop();
  const outside = randomUUID();
  keepOutside(daemon, depot, outside, 'Lock the gate');
  await last.click();
  expect(await claude.atPrompt(3)).toMatchObject({
    argv: ['--continue', ...settingsOf(daemon, claude.id)],
    ...{ id: outside, said: ['Lock the gate'] },
  });
  await claude.stop();
  await expect(page.getByText(outside, { exact: true })).toBeVisible();
  expect(app.faults).toEqual([]);
});
