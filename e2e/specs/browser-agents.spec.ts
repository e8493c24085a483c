// What an agent does and asks, and how one is started, as a person sees it: within two seconds, with the reasons, and in
// every size and theme.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { expect, test, type Browser, type Locator, type Page } from '@playwright/test';
import { checkPage } from '../stack/accessible.js';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { Stack } from '../stack/stack.js';
import { ToldAgent, toldProfile } from '../stack/told-agent.js';
import { WatchedPage } from '../stack/watched-page.js';

/** From the agent's hook to the eye, ms. */
const SEEN_MS = 2_000;
const sizes = [
  { width: 1400, height: 900 },
  { width: 390, height: 844 },
] as const;
const themes = ['dark', 'light'] as const;

type Cookies = Awaited<ReturnType<Awaited<ReturnType<Browser['newContext']>>['storageState']>>;

let stack: Stack;
let agent: ToldAgent;
let signedIn: Cookies;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000);
  stack = await Stack.start();
  const env = toldProfile(stack.base, 'bypassPermissions');
  // The profile allows it; so must the host, before its daemon starts.
  const state = path.join(stack.base, 'dev-01', 'state');
  mkdirSync(state, { recursive: true });
  writeFileSync(path.join(state, 'policy.yaml'), 'permission_mode_ceiling: { claude: bypassPermissions }\n');
  writeFileSync(path.join(env.PROFILES_DIR, 'stoker.yaml'), stoker);
  const daemon = await stack.addDaemon('dev-01', { env });
  const [engine, tender] = ['engine', 'tender'].map((name) => makeRepository(daemon.root, name));
  if (engine === undefined || tender === undefined) throw new Error('no projects');
  keepOf(daemon, tender);
  await stack.rescan(daemon);
  agent = await ToldAgent.start(stack, daemon, { project: engine, name: 'Rebuild the boiler' });
  const context = await browser.newContext();
  const app = await WatchedPage.watch(await context.newPage());
  await app.signIn(stack.hub.url);
  signedIn = await context.storageState();
  await context.close();
});
test.afterAll(() => stack.stop());

/** An agent that is offered although its program is not there, as one that is gone since the host looked. */
const stoker = `name: stoker
display_name: Stoker
always_available: true
binary: stoker
provisioning:
  install: { npm: ['@example/stoker'] }
`;

/** What somebody's Claude has kept for the project: conversations and MCP servers. */
function keepOf(daemon: DaemonProcess, project: string): void {
  const store = path.join(daemon.home, '.claude/projects/tender');
  mkdirSync(store, { recursive: true });
  for (const [i, summary] of [
    'Weigh the coal',
    'Count the water towers between here and the summit',
  ].entries()) {
    const id = `0000000${i}-aaaa-4bbb-8ccc-dddddddddddd`;
    const lines = [
      { type: 'summary', summary },
      { type: 'user', sessionId: id, cwd: project },
    ];
    writeFileSync(path.join(store, `${id}.jsonl`), lines.map((each) => `${JSON.stringify(each)}\n`).join(''));
  }
  const mcpServers = {
    signals: { command: 'signals-mcp' },
    weather: { type: 'http', url: 'http://127.0.0.1:1' },
  };
  writeFileSync(path.join(project, '.mcp.json'), JSON.stringify({ mcpServers }));
}

interface View {
  readonly at?: string;
  readonly size?: { readonly width: number; readonly height: number };
}

async function open(browser: Browser, { at = '', size = sizes[0] }: View): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: size,
    reducedMotion: 'reduce',
    storageState: signedIn,
  });
  const page = await context.newPage();
  await page.addInitScript(() => localStorage.setItem('roundhouse.theme', 'dark'));
  const app = await WatchedPage.watch(page);
  await page.goto(`${stack.hub.url}/${at}`);
  return app;
}

/** As the page shows itself in both themes. */
async function inBothThemes(app: WatchedPage, name: string): Promise<void> {
  for (const theme of themes) {
    await app.page.evaluate((now) => (document.documentElement.dataset['theme'] = now), theme);
    await checkPage(app, `${name}, ${theme}`);
    await picture(app.page, `${name}-${theme}`);
  }
}

/** For people who look; only when asked. */
async function picture(page: Page, name: string): Promise<void> {
  const dir = process.env['ROUNDHOUSE_SHOTS'];
  if (dir) await page.screenshot({ path: path.join(dir, `${name}.png`) });
}

/** What stands out of the window to the right, or can be scrolled sideways. */
const sideways = (place: Locator): Promise<string[]> =>
  place.evaluate((root) => {
    // Text that ends with an ellipsis goes on behind it.
    const isCut = (each: Element): boolean => {
      for (let at = each.parentElement; at; at = at.parentElement) {
        const { overflowX } = getComputedStyle(at);
        if (overflowX !== 'visible' && at.getBoundingClientRect().right <= innerWidth + 1) return true;
      }
      return false;
    };
    const isOut = (each: Element): boolean =>
      each.getBoundingClientRect().right > innerWidth + 1 && !isCut(each);
    const scrolls = (each: Element): boolean =>
      /auto|scroll/.test(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth + 1;
    return [root, ...root.querySelectorAll('*')]
      .filter((each) => each.checkVisibility() && (isOut(each) || scrolls(each)))
      .map((each) => each.outerHTML.slice(0, 160));
  });

const question = {
  tool_name: 'Bash',
  tool_input: { command: 'npm publish --access public', description: 'Publish' },
};
const asked = 'Bash · npm publish --access public';

async function work(): Promise<void> {
  agent.title('⠂ Rebuild the boiler');
  await agent.hook('PreToolUse', question);
}
async function ask(): Promise<void> {
  agent.title('✳ Rebuild the boiler');
  await agent.hook('PermissionRequest', question);
}

test('a question is seen in the fleet, in what needs a person and on its page within 2 s', async ({
  browser,
}) => {
  const fleet = await open(browser, {});
  const session = await open(browser, { at: `sessions/${agent.session.id}` });
  const card = fleet.page.locator(`[data-session="${agent.session.id}"]`);
  const needs = fleet.page.getByRole('region', { name: 'Needs you' });
  const state = (word: string) =>
    session.page.getByRole('button', { name: `${word}: why` }).filter({ visible: true });
  agent.print('\u001b[2J\u001b[H● I have bumped the version and run the tests. Publishing now.\r\n\r\n');
  await agent.hook('UserPromptSubmit', { prompt: 'Publish it' });
  await work();
  await expect(card).toContainText('Working');
  await expect(state('Working')).toBeVisible();
  await expect(needs).toBeHidden();

  await ask();
  const from = Date.now();
  const within = { timeout: SEEN_MS };
  await Promise.all([
    expect(card).toContainText('Asks permission', within),
    expect(card).toContainText(asked, within),
    expect(needs).toContainText(asked, within),
    expect(needs).toContainText('Asks permission', within),
    expect(state('Asks permission')).toContainText(asked, within),
  ]);
  console.log(`A question was seen everywhere after ${Date.now() - from} ms.`);
  await picture(fleet.page, 'fleet-waiting-1400-dark');
  await checkPage(fleet, 'fleet with a question');

  await state('Asks permission').click();
  const why = session.page.getByRole('dialog', { name: 'Why this state' });
  await expect(why).toContainText(asked);
  await expect(why.getByRole('region', { name: 'Signs' })).toContainText('PermissionRequest Bash');
  await expect(why.getByRole('region', { name: 'Signs' })).toContainText('Title');
  await expect(why.getByRole('region', { name: 'Last changes' })).toContainText('Working');
  await picture(session.page, 'explain-1400-dark');
  await checkPage(session, 'why a session waits');

  await work();
  await expect(why).toContainText('PreToolUse Bash', within);
  await session.page.keyboard.press('Escape');
  await expect(state('Working')).toBeVisible();
  await expect(card).toContainText('Working', within);
  await expect(needs).toBeHidden();
  await Promise.all([fleet, session].map(({ page }) => page.context().close()));
});

for (const size of sizes)
  test(`a question and its reasons at ${size.width} px`, async ({ browser }) => {
    const parts = Array.from({ length: 60 }, (_, i) => `packages/part-${i}`).join(' ');
    agent.title('✳ Rebuild the boiler');
    await agent.hook('PermissionRequest', {
      ...question,
      tool_input: { command: `for each in ${parts}; do npm publish "$each"; done` },
    });
    const app = await open(browser, { size });
    const { page } = app;
    await expect(page.getByRole('region', { name: 'Needs you' })).toContainText('for each in');
    expect.soft(await sideways(page.locator('body'))).toEqual([]);
    await inBothThemes(app, `fleet-${size.width}`);
    await page.goto(`${stack.hub.url}/sessions/${agent.session.id}`);
    await page.getByRole('button', { name: 'Asks permission: why' }).filter({ visible: true }).click();
    const why = page.getByRole('dialog', { name: 'Why this state' });
    await expect(why.getByRole('region', { name: 'Signs' })).toContainText('PermissionRequest');
    expect.soft(await sideways(why)).toEqual([]);
    await inBothThemes(app, `reasons-${size.width}`);
    await page.keyboard.press('Escape');
    await details(page);
    await expect(page.getByText('Conversation', { exact: true })).toBeVisible();
    await inBothThemes(app, `details-${size.width}`);
    await work();
    await page.context().close();
  });

async function details(page: Page): Promise<void> {
  const panel = page.getByRole('complementary', { name: 'Side panel' });
  if (await panel.isVisible()) return;
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Details' }).click();
}

for (const size of sizes)
  test(`the spawn dialog at ${size.width} px`, async ({ browser }) => {
    const app = await open(browser, { size });
    const { page } = app;
    await page
      .getByRole('button', { name: /^Spawn/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog', { name: 'Spawn a session' });
    const submit = dialog.getByRole('button', { name: /^Spawn/ });
    await dialog.getByRole('combobox', { name: /^Project/ }).click();
    await page.getByRole('option', { name: /^tender\b/ }).click();

    await dialog.getByRole('radio', { name: 'Stoker' }).click();
    await expect(dialog).toContainText('stoker is not on the PATH of the daemon');
    await expect(dialog).toContainText('npm install -g @example/stoker');
    await dialog.getByText('npm install -g @example/stoker').scrollIntoViewIfNeeded();
    await inBothThemes(app, `spawn-missing-${size.width}`);

    await dialog.getByRole('radio', { name: 'Claude' }).click();
    await dialog.getByRole('radio', { name: /^Resume last/ }).click();
    await dialog.getByRole('radio', { name: 'Weigh the coal' }).click();
    await expect(dialog).not.toContainText('stoker is not on the PATH');
    await picture(page, `spawn-conversations-${size.width}`);
    await dialog.getByRole('button', { name: /^Options/ }).click();
    await dialog.getByRole('combobox', { name: 'Model' }).fill('opus');
    await expect(dialog).toContainText('2 MCP servers: signals (stdio), weather (http)');
    await dialog.getByRole('combobox', { name: 'Permissions' }).selectOption('Never ask');
    await expect(submit).toBeDisabled();
    const word = dialog.getByRole('textbox', { name: /tender/ });
    await word.fill('tende');
    await expect(submit).toBeDisabled();
    expect.soft(await sideways(dialog)).toEqual([]);
    await inBothThemes(app, `spawn-bypass-${size.width}`);
    await word.fill('tender');
    await expect(submit).toBeEnabled();
    await expect(dialog).toContainText('MCP servers');
    await dialog.getByText('MCP servers').scrollIntoViewIfNeeded();
    await picture(page, `spawn-options-${size.width}`);
    await page.context().close();
  });
