// The page of one session with its terminal, as a person uses it; and the question whether its screen is right.
import { expect, type Browser, type Page } from '@playwright/test';
import type { Stack } from './stack.js';
import { WatchedPage } from './watched-page.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

const desktop: Size = { width: 1400, height: 900 };

export class TerminalPage {
  private constructor(
    readonly app: WatchedPage,
    readonly url: string,
  ) {}

  /** Signs in and opens the session. */
  static async open(browser: Browser, stack: Stack, id: string, size: Size = desktop): Promise<TerminalPage> {
    const app = await WatchedPage.watch(await browser.newPage({ viewport: { ...size } }));
    await app.signIn(stack.hub.url);
    const terminal = new TerminalPage(app, `${stack.hub.url}/sessions/${id}`);
    await terminal.page.goto(terminal.url);
    await terminal.live();
    return terminal;
  }

  get page(): Page {
    return this.app.page;
  }

  async close(): Promise<void> {
    await this.page.close();
    expect(this.app.faults).toEqual([]);
  }

  get input() {
    return this.page.getByRole('textbox', { name: /^Terminal of/ });
  }

  /** Attached, with a screen. */
  async live(): Promise<void> {
    await expect(this.page.locator('.xterm-screen')).toBeVisible();
    await expect(this.page.getByText(/You are typing|is typing|Nobody is typing/).first()).toBeVisible();
  }

  /** Keys, as fast as they come. */
  async keys(text: string): Promise<void> {
    await this.input.focus();
    await this.page.keyboard.type(text);
  }

  /** Columns and rows that the page shows. */
  async grid(): Promise<string> {
    return (await this.page.getByText(/^\d+ × \d+$/).textContent()) ?? '';
  }

  /** Runs the self-test of the page and gives its verdict. */
  async selfTest(): Promise<string> {
    const { page } = this;
    const panel = page.getByRole('dialog', { name: 'About this connection' });
    if (!(await panel.isVisible())) await page.getByRole('button', { name: 'Connection' }).click();
    const run = panel.getByRole('button', { name: 'Run self-test' });
    await run.click();
    await expect(run).toBeEnabled({ timeout: 20_000 });
    return (await panel.locator('[data-self-test]').textContent()) ?? '';
  }

  /** Puts a text into the clipboard's place and pastes it. */
  async paste(text: string): Promise<void> {
    await this.input.evaluate((element, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }
}
