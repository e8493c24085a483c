// Every page in both themes: nothing serious for axe, no violation of the page's policy.
import { expect, test, type Browser } from '@playwright/test';
import type { Session } from '@roundhouse/protocol';
import { checkPage } from '../stack/accessible.js';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { admin } from '../stack/hub.js';
import { Stack } from '../stack/stack.js';
import { WatchedPage } from '../stack/watched-page.js';

const themes = ['dark', 'light'] as const;
type Theme = (typeof themes)[number];

/** A page that is signed in, unless `origin` is null. */
async function open(browser: Browser, theme: Theme, origin: string | null): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 900 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.addInitScript((choice) => {
    localStorage.setItem('roundhouse.theme', choice);
  }, theme);
  const app = await WatchedPage.watch(page);
  if (origin !== null) await app.signIn(origin);
  return app;
}

test.describe('before setup', () => {
  let stack: Stack;
  test.beforeAll(async () => {
    stack = await Stack.fresh();
  });
  test.afterAll(() => stack.stop());

  for (const theme of themes) {
    test(`setup, ${theme}`, async ({ browser }) => {
      const app = await open(browser, theme, null);
      const { page } = app;
      await page.goto(await stack.hub.setupLink());
      await page.getByLabel('Password', { exact: true }).fill('short');
      await page.getByRole('button', { name: 'Create and continue' }).click();
      await expect(page.getByText('Use at least 12 characters').first()).toBeVisible();
      await checkPage(app, 'setup');
      await page.goto(`${stack.hub.url}/setup`);
      await page.reload();
      await checkPage(app, 'setup without its token');
      await page.context().close();
    });
  }
});

test.describe('with hosts and sessions', () => {
  let stack: Stack;
  let daemon: DaemonProcess;
  let running: Session;
  let ended: Session;

  test.beforeAll(async () => {
    stack = await Stack.start();
    daemon = stack.makeDaemon('dev-01');
    const projects = ['engine', 'tender', 'signal-box'].map((name) => makeRepository(daemon.root, name));
    const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'dev-01' });
    daemon.hostId = id;
    daemon.start(joinToken);
    await stack.online(daemon);
    await stack.rest.ok('POST', 'hosts', { name: 'dev-02' });
    const [engine = '', tender = '', box = ''] = projects;
    running = await stack.running(daemon, {
      project: engine,
      name: 'Rebuild the boiler',
      worktree: true,
      trust: true,
    });
    await stack.running(daemon, { project: tender, name: 'Water levels' });
    ended = await stack.running(daemon, { project: box, name: 'Signals at night' });
    const viewer = await stack.view(ended.id);
    await viewer.type('exit 3\r');
    await stack.sessionIs(ended.id, 'exited');
    const shown = await stack.view(running.id);
    await shown.type('git log --oneline --stat; ls -la\r');
    await shown.sees('README.md');
  });
  test.afterAll(() => stack.stop());

  for (const theme of themes) {
    test(`every page, ${theme}`, async ({ browser }) => {
      const app = await open(browser, theme, stack.hub.url);
      const { page } = app;
      const { url } = stack.hub;
      await expect(page.getByText('Rebuild the boiler').first()).toBeVisible();
      await checkPage(app, 'fleet');
      await page
        .getByRole('radio', { name: 'Table' })
        .or(page.getByRole('button', { name: 'Table' }))
        .first()
        .click();
      await checkPage(app, 'fleet as a table');
      await page.goto(`${url}/hosts`);
      await expect(page.getByText('dev-02').first()).toBeVisible();
      await checkPage(app, 'hosts');
      await page.goto(`${url}/hosts?host=${daemon.hostId}`);
      await expect(page).toHaveURL(`${url}/hosts/${daemon.hostId}`);
      await expect(page.getByRole('group', { name: 'CPU' })).toBeVisible();
      await checkPage(app, 'one host');
      await page.goto(`${url}/hosts`);
      await page.getByRole('button', { name: 'Add host' }).click();
      await expect(page.getByRole('dialog', { name: 'Add a host' })).toBeVisible();
      await checkPage(app, 'add a host');
      await page.goto(`${url}/profiles`);
      await expect(page.getByRole('group', { name: 'Bash' })).toBeVisible();
      await checkPage(app, 'profiles');
      await page.goto(`${url}/settings`);
      await expect(page.getByText('ROUNDHOUSE_PUBLIC_URL')).toBeVisible();
      await checkPage(app, 'settings');
      await page.goto(url);
      await page
        .getByRole('button', { name: /^Spawn/ })
        .first()
        .click();
      await expect(page.getByRole('dialog', { name: 'Spawn a session' })).toBeVisible();
      await checkPage(app, 'spawn');
      await page.goto(`${url}/sessions/${running.id}`);
      await app.readable();
      await app.sees('README.md');
      await checkPage(app, 'a session');
      await page.goto(`${url}/sessions/${running.id}/pop`);
      await expect(page.locator('.xterm')).toBeVisible();
      await checkPage(app, 'a session in a window of its own');
      await page.goto(`${url}/sessions/${ended.id}`);
      await expect(page.getByText(/exit 3/).first()).toBeVisible();
      await checkPage(app, 'an ended session');
      await page.goto(`${url}/nowhere`);
      await expect(page.getByText('There is no such page')).toBeVisible();
      await checkPage(app, 'no such page');
      await page.context().close();
    });

    test(`sign-in, ${theme}`, async ({ browser }) => {
      const app = await open(browser, theme, null);
      const { page } = app;
      await page.goto(`${stack.hub.url}/login`);
      await page.getByLabel('User name').fill(admin.username);
      await page.getByLabel('Password', { exact: true }).fill('not the password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByText('Wrong user name or password')).toBeVisible();
      await checkPage(app, 'sign-in');
      await page.context().close();
    });
  }

  test('add a host: the command, and the check-list that follows the daemon live', async ({ browser }) => {
    const app = await open(browser, 'dark', stack.hub.url);
    const { page } = app;
    await page.goto(`${stack.hub.url}/hosts`);
    await page.getByRole('button', { name: 'Add host' }).click();
    await page.getByLabel('Name', { exact: true }).fill('annex');
    await page.getByRole('button', { name: 'Get the command' }).click();
    const dialog = page.getByRole('dialog', { name: /annex/ });
    await expect(dialog.getByText('waiting for the daemon…').first()).toBeVisible();
    await dialog
      .getByRole('tab', { name: 'Node' })
      .or(dialog.getByRole('radio', { name: 'Node' }))
      .first()
      .click();
    const command = await dialog.innerText();
    const joinToken = /rhj_[\w.-]+/.exec(command)?.[0];
    const annex = stack.makeDaemon('annex');
    makeRepository(annex.root, 'shed');
    annex.start(joinToken);
    await expect(dialog.getByText(/1 under/)).toBeVisible({ timeout: 20_000 });
    await checkPage(app, 'check-list');
    await page.context().close();
  });
});
