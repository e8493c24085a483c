// R:B5 Strings that want to be markup, in every place where a string is stored: shown as text, never as elements.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { git, makeRepository } from '../stack/git-repo.js';
import { Stack } from '../stack/stack.js';
import { until } from '../stack/wait.js';
import { WatchedPage } from '../stack/watched-page.js';

let stack: Stack;
test.beforeAll(async () => {
  stack = await Stack.start();
});
test.afterAll(() => stack.stop());

const image = '<img src=x onerror=alert(1)>';
/** A branch may hold no space. */
const branch = '<svg/onload=alert(2)>';

/** Elements that only a string could have made. */
const injected = (page: Page) =>
  page
    .locator(
      'img[src="x"], svg[onload], [onerror], [onload], a[href^="javascript:" i], iframe, script:not([src])',
    )
    .count();

test('R:B5 markup and javascript: in names of host, project, branch, profile, session, task, model: text only', async ({
  browser,
}) => {
  const profiles = path.join(stack.base, 'profiles');
  mkdirSync(profiles);
  const usage = path.join(stack.base, 'usage.mjs');
  writeFileSync(
    path.join(profiles, 'hostile.yaml'),
    `name: hostile
display_name: '${image.slice(0, 60)}'
always_available: true
commands:
  new: [bash]
telemetry:
  token_metrics: [claude_code.token.usage]
`,
  );
  writeFileSync(usage, report(`${image}${'javascript:alert(3)'}`));
  const daemon = stack.makeDaemon('one', { env: { PROFILES_DIR: profiles } });
  const project = makeRepository(daemon.root, image);
  git(project, 'checkout', '-q', '-b', branch);
  git(project, 'remote', 'add', 'origin', 'javascript:alert(4)//github.com/x');
  const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: image });
  daemon.hostId = id;
  daemon.start(joinToken);
  await stack.online(daemon);
  const session = await stack.running(daemon, {
    project,
    profile: 'hostile',
    name: image,
    task: `${image}\njavascript:alert(5)`,
  });
  const viewer = await stack.view(session.id);
  await viewer.type(`printf '\\033]0;${image}\\007'; ${process.execPath} ${usage}; echo told-$((1+1))\r`);
  await viewer.sees('told-2');
  await until(async () => (await stack.session(session.id)).model?.includes('onerror'), {
    what: 'the model is stored',
  });

  const app = await WatchedPage.watch(await browser.newPage({ viewport: { width: 1400, height: 900 } }));
  const { page } = app;
  await app.signIn(stack.hub.url);
  const clean = async (what: string): Promise<void> => {
    expect(await injected(page), what).toBe(0);
    expect(app.faults, what).toEqual([]);
  };
  await expect(page.getByText(image).first()).toBeVisible();
  await clean('fleet');
  await page.goto(`${stack.hub.url}/hosts?host=${id}`);
  await expect(page.getByText(image).first()).toBeVisible();
  await clean('host');
  await page.goto(stack.hub.url);
  await page
    .getByRole('button', { name: /^Spawn/ })
    .first()
    .click();
  await page
    .getByRole('dialog')
    .getByRole('combobox', { name: /^Project/ })
    .click();
  await clean('spawn');
  await page.goto(`${stack.hub.url}/sessions/${session.id}`);
  await app.readable();
  await app.sees('told-2');
  await expect(page.getByText(branch).first()).toBeVisible();
  await clean('session');
  await page.goto(`${stack.hub.url}/sessions/${session.id}/pop`);
  await expect(page.locator('.xterm')).toBeVisible();
  await clean('window of its own');
  await page.close();
});

/** A program that reports tokens of a model with such a name, as an agent does. */
const report = (model: string): string => `
const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = process.env;
const attributes = [
  { key: 'type', value: { stringValue: 'input' } },
  { key: 'model', value: { stringValue: ${JSON.stringify(model)} } },
];
const now = String(Date.now() * 1e6);
const dataPoints = [{ attributes, startTimeUnixNano: now, timeUnixNano: now, asDouble: 12 }];
const sum = { dataPoints, aggregationTemporality: 1, isMonotonic: true };
const metrics = [{ name: 'claude_code.token.usage', sum }];
const body = { resourceMetrics: [{ resource: { attributes: [] }, scopeMetrics: [{ scope: { name: 'x' }, metrics }] }] };
const headers = { 'content-type': 'application/json' };
const answer = await fetch(endpoint + '/v1/metrics', { method: 'POST', headers, body: JSON.stringify(body) });
if (!answer.ok) throw new Error(await answer.text());
`;
