// The main job in a browser: setup link, password, fleet, a shell in a repository, and one in a worktree.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { makeRepository, git } from '../stack/git-repo.js';
import { Stack } from '../stack/stack.js';
import { until } from '../stack/wait.js';
import { WatchedPage } from '../stack/watched-page.js';

test.describe.configure({ mode: 'serial' });

let stack: Stack;
let page: Page;
let app: WatchedPage;
let project: string;

test.beforeAll(async ({ browser }) => {
  stack = await Stack.fresh({ hubArgs: ['--local-daemon'] });
  page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  app = await WatchedPage.watch(page);
});
test.afterAll(async () => {
  await page.close();
  await stack.stop();
});
test.afterEach(() => {
  expect(app.faults).toEqual([]);
});

test('setup link, password, and the fleet shows this machine', async () => {
  // As `npm start` does it: the daemon of this machine takes the offer that the hub has written.
  const offer = await until(() => readOffer(path.join(stack.hub.stateDir, 'local-daemon.json')), {
    what: 'the offer',
  });
  const daemon = stack.makeDaemon('here', { hubUrl: offer.hubUrl });
  project = makeRepository(daemon.root, 'engine');
  daemon.start(offer.joinToken);
  await app.setUp(await stack.hub.setupLink());
  await expect(page.getByText('Start your first session')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('button', { name: /Start Bash/ })).toBeVisible({ timeout: 20_000 });
  await page.getByRole('link', { name: 'Hosts' }).first().click();
  await expect(page.getByRole('row', { name: /online/i })).toHaveCount(1);
});

test('bash in a repository: typed in the browser, on screen, on disk; stopped, and its end is shown', async () => {
  await app.spawn({ project: 'engine', worktree: false });
  await app.readable();
  await app.type('echo from-the-browser-$((40+2)) | tee made.txt');
  await app.sees('from-the-browser-42');
  expect(readFileSync(path.join(project, 'made.txt'), 'utf8')).toBe('from-the-browser-42\n');
  await app.stopSession();
  await expect(page.getByText(/^Stopped.*after/).first()).toBeVisible({ timeout: 15_000 });
  await expect(page.getByText('The agent has ended')).toBeVisible();
  await app.sees('from-the-browser-42');
});

test('an exit code is shown', async () => {
  await app.spawn({ project: 'engine', worktree: false });
  await app.readable();
  await app.type('exit 7');
  await expect(page.getByText(/exit 7/).first()).toBeVisible({ timeout: 15_000 });
  await expect(page.getByText('The agent ended with an error').first()).toBeVisible();
});

test('in a worktree: the change is on the branch, not in the main checkout', async () => {
  await app.spawn({ project: 'engine', worktree: true });
  await app.readable();
  await app.type(
    'echo new > only-here.txt && git add . && git -c user.name=T -c user.email=t@t.invalid commit -qm w; echo done-$?',
  );
  await app.sees('done-0');
  await expect(page.getByText(/agent\/bash-/).first()).toBeVisible();
  const branch = git(project, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/agent');
  expect(git(project, 'ls-tree', '--name-only', branch)).toContain('only-here.txt');
  expect(existsSync(path.join(project, 'only-here.txt'))).toBe(false);
  expect(git(project, 'branch', '--show-current')).toBe('main');
  await app.stopSession();
  await expect(page.getByText('The agent has ended')).toBeVisible({ timeout: 15_000 });
});

test('a reload shows the same screen, and a second window can watch and take over', async ({ browser }) => {
  await app.spawn({ project: 'engine', worktree: false });
  await app.readable();
  await app.type('echo before-$((1+1))');
  await app.sees('before-2');
  await page.reload();
  await app.readable();
  await app.sees('before-2');
  const context = await browser.newContext({ storageState: await page.context().storageState() });
  const other = await WatchedPage.watch(await context.newPage());
  await other.page.goto(page.url());
  await other.readable();
  await other.sees('before-2');
  await other.type('echo second-$((1+1))');
  await app.sees('second-2');
  expect(other.faults).toEqual([]);
  await context.close();
  await app.stopSession();
  await expect(page.getByText('The agent has ended')).toBeVisible({ timeout: 15_000 });
});

function readOffer(file: string): { hubUrl: string; joinToken: string } | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { hubUrl: string; joinToken: string };
  } catch {
    return null;
  }
}
