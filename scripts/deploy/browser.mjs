// Owns what a person does with a hub below a path, in a real browser: sign in, each page by its address and again by a
// reload, a terminal, and the way back to where one was before signing in.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inRoot } from '../run/paths.mjs';
import { admin } from './drive.mjs';
/* global document, window -- what runs in the page */

/** A busy machine draws a page in some seconds. */
const timeout = 30_000;

const chromium = '/usr/bin/chromium';
export const hasBrowser = existsSync(chromium);

export async function launchBrowser() {
  const { chromium: driver } = createRequire(inRoot('e2e/package.json'))('@playwright/test');
  return driver.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A page that notes what must not happen: requests outside of the path, missing files, errors, violations of the policy. */
export class PathPage {
  faults = [];

  static async open(browser, url) {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      viewport: { width: 1400, height: 900 },
    });
    const self = new PathPage();
    Object.assign(self, { context, url, page: await context.newPage() });
    await self.#watch();
    return self;
  }

  async #watch() {
    const { page, url, faults } = this;
    await page.exposeFunction('noteFault', (fault) => faults.push(fault));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) =>
        window.noteFault(`CSP ${event.violatedDirective} ${event.blockedURI}`),
      );
    });
    page.on('pageerror', (error) => faults.push(`error ${error.message}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${url}/`)) faults.push(`outside of the path: ${request.url()}`);
    });
    page.on('websocket', (socket) => {
      if (!socket.url().startsWith(`${url.replace('https', 'wss')}/socket.io/`))
        faults.push(`socket outside of the path: ${socket.url()}`);
    });
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? '';
      // Whoever leaves a page drops what it still loads.
      if (!reason.includes('ERR_ABORTED')) faults.push(`${reason} ${request.url()}`);
    });
    page.on('response', (response) => {
      // What nobody is signed in to is refused by /me.
      if (response.status() >= 400 && !response.url().endsWith('/api/v1/me'))
        faults.push(`${response.status()} ${response.url()}`);
    });
  }

  async signIn() {
    const { page } = this;
    await page.getByLabel('User name').fill(admin.username);
    await page.getByLabel('Password', { exact: true }).fill(admin.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Where the address bar is, below the path. */
  async isAt(path) {
    const { page, url, faults } = this;
    await page.waitForURL(`${url}${path}`, { timeout }).catch(() => {
      assert.fail([`${page.url()} is not ${url}${path}`, ...faults].join('\n'));
    });
  }

  async sees(locator, what) {
    await locator
      .first()
      .waitFor({ timeout })
      .catch(() => {
        const seen = [`${what} is not on the page ${this.page.url()}`, ...this.faults];
        assert.fail(seen.join('\n'));
      });
  }

  /** The page of the session: shown by its address, typed into, and the same after a reload. */
  async useTerminal(session) {
    const { page } = this;
    await page.goto(`${this.url}/sessions/${session}`);
    await page.getByRole('textbox', { name: /^Terminal of/ }).focus();
    const readable = page.getByRole('button', { name: 'Screen reader mode' });
    if ((await readable.getAttribute('aria-pressed')) !== 'true') await readable.click();
    await page.getByRole('textbox', { name: /^Terminal of/ }).focus();
    await page.keyboard.type('echo below-the-path-$((40+2))');
    await page.keyboard.press('Enter');
    const screen = page.locator('.xterm-accessibility', { hasText: 'below-the-path-42' });
    await this.sees(screen, 'what was typed');
    await page.reload();
    await this.isAt(`/sessions/${session}`);
    await this.sees(screen, 'what was typed, after a reload,');
    const [window] = await Promise.all([
      this.context.waitForEvent('page'),
      page.getByRole('button', { name: 'Pop out' }).click(),
    ]);
    await window.waitForURL(`${this.url}/sessions/${session}/pop`, { timeout });
    await window.close();
  }
}

/** The pages by their addresses, each with what shows that it is there. */
const pagesOf = (page, { hostId, session }) => [
  ['/', page.getByRole('heading', { name: 'Fleet', level: 1 })],
  ['/hosts', page.getByText(/^Daemons dial out to localhost:\d+\/roundhouse\./)],
  [`/hosts/${hostId}`, page.getByRole('heading', { name: 'forge' })],
  ['/analytics', page.locator('a[download="usage.csv"][href^="/roundhouse/api/v1/"]')],
  ['/profiles', page.getByText('bash')],
  ['/settings', page.getByText('ROUNDHOUSE_PUBLIC_URL')],
  ['/help/errors', page.getByText('HUB_UNREACHABLE')],
  ['/grid', page.getByRole('heading', { name: 'Grid', level: 1 })],
  [`/sessions/${session}`, page.locator('.xterm-screen')],
  [`/sessions/${session}/pop`, page.locator('.xterm-screen')],
  ['/no/such/page', page.getByText(/not here|no such page|not found/i)],
];

/** @param machine one with a session */
export async function driveBrowser(app, machine) {
  const { page, context } = app;
  await page.goto(`${app.url}/`);
  await app.isAt('/login');
  await app.signIn();
  await app.isAt('/');
  const cookies = await context.cookies(`${app.url}/`);
  assert.deepEqual(
    cookies.map(({ name, path, secure, httpOnly }) => ({ name, path, secure, httpOnly })),
    [{ name: '__Secure-roundhouse_session', path: '/roundhouse', secure: true, httpOnly: true }],
  );
  assert.deepEqual(await context.cookies(new URL('/', app.url).href), []);
  await app.useTerminal(machine.session);
  for (const [path, sign] of pagesOf(page, machine)) {
    await page.goto(`${app.url}${path}`);
    await app.sees(sign, `the sign of ${path}`);
    await app.isAt(path);
    const icon = await page.locator('link[rel="icon"]').getAttribute('href');
    assert.match(icon, /^\/roundhouse\/favicon/);
  }
  await backAfterSignIn(app, machine.session);
  assert.deepEqual(app.faults, []);
}

/** Whoever comes to a page and must sign in first is led to that page. */
async function backAfterSignIn(app, session) {
  const { page, context } = app;
  await context.clearCookies();
  const address = `/sessions/${session}?tab=telemetry`;
  await page.goto(`${app.url}${address}`);
  await page.waitForURL((url) => url.pathname === '/roundhouse/login');
  await app.signIn();
  await app.isAt(address);
  await app.sees(page.getByRole('button', { name: 'Telemetry', pressed: true }), 'the tab of the address');
  // A link of the app, and the browser's own way back.
  await page.getByRole('link', { name: 'Hosts' }).first().click();
  await app.isAt('/hosts');
  await page.goBack();
  await app.isAt(address);
}
