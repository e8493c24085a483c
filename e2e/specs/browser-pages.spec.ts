// Every page in both themes: nothing serious for axe, no violation of the page's policy.
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, type Browser } from '@playwright/test';
import type { Session } from '@roundhouse/protocol';
import { checkPage } from '../stack/accessible.js';
import type { DaemonProcess } from '../stack/daemon.js';
import { checkWidths } from '../stack/fits.js';
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
      const limits = page
        .getByRole('heading', { name: 'Limits of a session' })
        .locator('xpath=ancestor::section');
      await expect(limits).toContainText(/TimeCan be limitedMemoryCan(not)? be limited/);
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
      await page.getByRole('combobox', { name: 'Whose settings' }).selectOption('Daemon of dev-01');
      await expect(page.getByText('PROJECTS_DEPTH', { exact: true })).toBeVisible();
      await expect(page.getByText(daemon.stateDir, { exact: true })).toBeVisible();
      await checkPage(app, 'settings of a machine');
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
      await page.goto(`${url}/help/errors#NO_SPACE`);
      await expect(page.getByText('Free some space on the host.')).toBeInViewport();
      await checkPage(app, 'errors and their cures');
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
      // Also for those who are not signed in.
      const help = page.waitForEvent('popup');
      await page.getByRole('link', { name: 'What can I do?' }).click();
      await expect((await help).getByText('Check both and try again.')).toBeInViewport();
      await page.context().close();
    });
  }

  test('every page fits a phone and a narrow window', async ({ browser }) => {
    const app = await open(browser, 'light', stack.hub.url);
    const { page } = app;
    const pages: readonly (readonly [path: string, shows: string])[] = [
      ['/', 'Rebuild the boiler'],
      ['/grid', 'Grid'],
      ['/analytics', 'Usage'],
      ['/hosts', 'dev-02'],
      [`/hosts/${daemon.hostId}`, 'Limits of a session'],
      ['/profiles', 'Bash'],
      ['/settings', 'ROUNDHOUSE_PUBLIC_URL'],
      [`/settings?host=${daemon.hostId}`, daemon.stateDir],
      [`/sessions/${running.id}`, 'Rebuild the boiler'],
      [`/sessions/${ended.id}`, 'exit 3'],
      ['/help/errors', 'Free some space on the host.'],
    ];
    for (const [at, shows] of pages) {
      await page.goto(`${stack.hub.url}${at}`);
      await expect(page.getByText(shows).first()).toBeAttached();
      await checkWidths(page, at);
    }
    await page.context().close();
  });

  test('F:O3 a mistake in the settings file of a machine is told live, and goes when it is mended', async ({
    browser,
  }) => {
    const app = await open(browser, 'light', stack.hub.url);
    const { page } = app;
    const file = path.join(daemon.stateDir, 'roundhouse.yaml');
    await page.goto(`${stack.hub.url}/settings?host=${daemon.hostId}`);
    await expect(page.getByText('PROJECTS_DEPTH', { exact: true })).toBeVisible();
    writeFileSync(file, 'daemon:\n  projects_depth: 3\n  scrollbak: 9\n');
    const mistake = page.getByText(`${file}:3: daemon.scrollbak is not a setting: did you mean scrollback?`);
    await expect(mistake).toBeVisible();
    await expect(page.getByText('The settings file of dev-01 has a mistake')).toBeVisible();
    await page.getByRole('link', { name: 'Host page' }).click();
    await expect(page.getByText(/Its settings file has a mistake/)).toBeVisible();
    await checkPage(app, 'a host with a mistake in its settings');
    await page.getByRole('link', { name: 'Values and their sources' }).first().click();
    await checkPage(app, 'a mistake in settings');
    writeFileSync(file, 'daemon:\n  projects_depth: 3\n');
    await expect(page.getByText('roundhouse.yaml, line 2')).toBeVisible();
    await expect(mistake).toBeHidden();
    rmSync(file);
    await page.context().close();
  });

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
