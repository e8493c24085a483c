// What an agent prints, and what a person pastes, may not do in Chromium.
import path from 'node:path';
import { writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import type { Session } from '@roundhouse/protocol';
import { makeBed, type TerminalBed } from '../stack/terminal-bed.js';
import { TerminalPage } from '../stack/terminal-page.js';
import type { Viewer } from '../stack/viewer.js';

test.describe.configure({ mode: 'serial' });
test.setTimeout(120_000);

let bed: TerminalBed;
let session: Session;
let terminal: TerminalPage;
let viewer: Viewer;

test.beforeAll(async ({ browser }) => {
  bed = await makeBed();
  session = await bed.stack.running(bed.daemon, { project: path.join(bed.daemon.root, 'engine') });
  terminal = await TerminalPage.open(browser, bed.stack, session.id);
  await terminal.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  viewer = await bed.stack.view(session.id);
});
test.afterAll(async () => {
  await terminal.close();
  await bed.stack.stop();
});

let runs = 0;
/** Has the shell print these bytes and say when it has. */
async function print(bytes: string | Buffer): Promise<void> {
  runs += 1;
  const file = path.join(bed.daemon.root, `print-${runs}`);
  writeFileSync(file, bytes);
  const since = viewer.bytes.length;
  await terminal.keys(`cat ${file}; echo; echo printed-$((${runs}+0))-\n`);
  await viewer.sees(`printed-${runs}-\r`, { since, timeoutMs: 60_000 });
}
const clipboard = () => terminal.page.evaluate(() => navigator.clipboard.readText());
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('R:B6 OSC 52: nothing is read, and nothing written but by a click', async () => {
  const { page } = terminal;
  await page.evaluate(() => navigator.clipboard.writeText('mine'));
  const since = viewer.bytes.length;
  await print(`\u001b]52;c;?\u0007\u001b]52;c;${base64('theirs \u001b[31m')}\u0007`);
  await expect(page.getByText('The agent wants to copy 11 B to your clipboard')).toBeVisible();
  expect(await clipboard()).toBe('mine');
  // An answer to the question would have been typed.
  expect(viewer.bytes.subarray(since).toString()).not.toContain(base64('mine'));
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(page.getByText('theirs [31m', { exact: true })).toBeVisible();
  await page
    .getByRole('status')
    .filter({ hasText: 'wants to copy' })
    .getByRole('button', { name: 'Copy' })
    .click();
  await expect.poll(clipboard).toBe('theirs [31m');
  await expect(page.getByText(/wants to copy/)).toHaveCount(0);
  // Many, and a huge one: the first few are offered, one at a time; the huge one never.
  await print(`\u001b]52;c;${base64('x'.repeat(200_000))}\u0007`);
  await expect(page.getByText(/wants to copy/)).toHaveCount(0);
  await print(Array.from({ length: 200 }, (_, n) => `\u001b]52;c;${base64(`offer ${n}`)}\u0007`).join(''));
  await expect(page.getByText(/wants to copy/)).toHaveCount(1);
  await page.getByRole('button', { name: 'Dismiss' }).click();
  // History is no wish of now.
  await page.reload();
  await terminal.live();
  await page.waitForTimeout(500);
  await expect(page.getByText(/wants to copy/)).toHaveCount(0);
});

test('R:B7 links: only http and https, only after the true address was shown', async () => {
  const { page } = terminal;
  const link = (url: string, text: string) => `\u001b]8;;${url}\u0007${text}\u001b]8;;\u0007`;
  const bad = ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'vscode://x/y'];
  await print(
    `\u001b[H\u001b[2J${bad.map((url) => link(url, 'press-here')).join('\r\n')}\r\n${link('https://example.invalid/true', 'https://bank.invalid')}\r\n`,
  );
  await page.waitForTimeout(300);
  const box = await page.locator('.xterm-screen').boundingBox();
  const rows = Number((await terminal.grid()).split(' × ')[1]);
  if (!box) throw new Error('no screen');
  const press = async (row: number): Promise<void> => {
    const y = box.y + ((row + 0.5) * box.height) / rows;
    await page.mouse.move(box.x + 200, y + 60);
    await page.mouse.move(box.x + 30, y);
    await page.waitForTimeout(150);
    await page.mouse.click(box.x + 30, y);
    await page.waitForTimeout(150);
  };
  let opened = 0;
  page.context().on('page', () => (opened += 1));
  for (const row of bad.keys()) {
    await press(row);
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
  await press(bad.length);
  await expect(page.getByRole('dialog')).toContainText('https://example.invalid/true');
  await expect(page.getByRole('button', { name: 'Open example.invalid' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect([opened, new URL(page.url()).pathname]).toEqual([0, `/sessions/${session.id}`]);
});

test('R:B9 a title is shown clean and short', async () => {
  const { page } = terminal;
  await print(`\u001b]2;good\u202e\u200b title ${'x'.repeat(10_000)}\u0007`);
  const shown = page.getByTitle(/^The agent calls itself/);
  await expect(shown).toHaveText(/^good title x+$/);
  const text = (await shown.textContent()) ?? '';
  expect(text.length).toBeLessThanOrEqual(120);
  // eslint-disable-next-line no-control-regex -- control characters are what may not be there
  expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
});

test('R:B10 a paste cannot leave its brackets, and no command of it runs', async () => {
  const since = viewer.bytes.length;
  await terminal.keys("bind 'set enable-bracketed-paste on' 2>/dev/null; echo ready-$((1+1))\n");
  await viewer.sees('ready-2', { since });
  // The prompt switches the mode on; the page has drawn it when its screen is compared.
  await viewer.sees('\u001b[?2004h', { since: viewer.bytes.lastIndexOf('ready-2') });
  await expect.poll(() => terminal.selfTest(), { timeout: 30_000 }).toMatch(/^Identical at byte/);
  await terminal.page.keyboard.press('Escape');
  const file = path.join(bed.daemon.root, 'pwned');
  await terminal.paste(`echo safe \u001b[201~\u009b201~\rtouch ${file}\r`);
  await terminal.page.waitForTimeout(500);
  await terminal.page.keyboard.press('Control+c');
  const after = viewer.bytes.length;
  await terminal.keys(`ls ${file}; echo looked-$((1+1))\n`);
  await viewer.sees('looked-2', { since: after });
  expect(viewer.bytes.subarray(after).toString()).toContain('No such file');
});

test('a large paste shows how far it is, can be cancelled, and leaves the shell usable', async () => {
  const { page } = terminal;
  const since = viewer.bytes.length;
  await terminal.keys('stty -echo; cat > /dev/null; stty echo; echo done-$((1+1))\n');
  await page.waitForTimeout(300);
  await terminal.paste(`${'paste '.repeat(16)}\n`.repeat(100_000));
  const confirm = page.getByRole('dialog').getByRole('button', { name: 'Paste' });
  await confirm.click();
  await expect(page.getByText('Pasting')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Pasting')).toHaveCount(0);
  await terminal.input.focus();
  // Ends `cat` and the rest of its line; an end of file besides would end the shell.
  await page.keyboard.press('Control+c');
  await terminal.keys('stty echo; echo alive-$((1+1))\n');
  await viewer.sees('alive-2', { since, timeoutMs: 30_000 });
});

test('R:B11 endless sequences, deep attributes and long lines leave the page alive', async () => {
  const { page } = terminal;
  await print(
    Buffer.concat([
      Buffer.from('\u001b]2;'),
      Buffer.alloc(10 * 1024 * 1024, 'a'),
      Buffer.from('\u001b\\\u001bP1;2|'),
      Buffer.alloc(10 * 1024 * 1024, 'b'),
      Buffer.from('\u001b\\'),
      Buffer.from('\u001b[1;31;44;4;9m'.repeat(1000)),
      Buffer.from(`${'x'.repeat(5000)}\r\n`.repeat(20)),
      Buffer.from('\u001b[0m\u001bc'),
    ]),
  );
  const from = Date.now();
  await terminal.keys('echo still-$((1+1))\n');
  await viewer.sees('still-2', { timeoutMs: 30_000 });
  expect(Date.now() - from).toBeLessThan(10_000);
  await expect.poll(() => terminal.selfTest(), { timeout: 30_000 }).toMatch(/^Identical at byte/);
  await page.keyboard.press('Escape');
});

test('a file that is dropped goes to the host, and its path is typed', async () => {
  const { page } = terminal;
  const since = viewer.bytes.length;
  await page.locator('[data-terminal] > div').evaluate((element) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'.repeat(150_000)], "it's a picture.png", { type: 'image/png' }));
    element.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  });
  await viewer.sees(/picture\.png/, { since, timeoutMs: 20_000 });
  await terminal.input.focus();
  await page.keyboard.press('Home');
  await terminal.keys('wc -c ');
  await page.keyboard.press('Enter');
  await viewer.sees(/150000 \//, { since, timeoutMs: 20_000 });
});
