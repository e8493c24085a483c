// A page of the web app with a person's hands and eyes, and with everything noted that must not happen in it.
import { expect, type Page } from '@playwright/test';
import { admin } from './hub.js';

export class WatchedPage {
  /** Violations of the policy, script errors, dialogs: there may be none. */
  readonly faults: string[] = [];

  private constructor(readonly page: Page) {}

  static async watch(page: Page): Promise<WatchedPage> {
    const watched = new WatchedPage(page);
    const { faults } = watched;
    await page.exposeFunction('noteFault', (fault: string) => faults.push(fault));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        const note = (window as unknown as { noteFault(fault: string): void }).noteFault;
        note(
          `CSP ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`,
        );
      });
    });
    page.on('pageerror', (error) => faults.push(`error ${error.message}`));
    page.on('dialog', (dialog) => {
      faults.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) faults.push(`console ${message.text()}`);
    });
    return watched;
  }

  /** First run: the setup link, a name, a password. Ends on the fleet. */
  async setUp(link: string): Promise<void> {
    const { page } = this;
    await page.goto(link);
    await page.getByLabel('User name').fill(admin.username);
    await page.getByLabel('Password', { exact: true }).fill(admin.password);
    await page.getByLabel('Repeat password').fill(admin.password);
    await page.getByRole('button', { name: 'Create and continue' }).click();
    await expect(page.getByRole('heading', { name: 'Fleet', level: 1 })).toBeVisible();
  }

  async signIn(origin: string): Promise<void> {
    const { page } = this;
    await page.goto(`${origin}/login`);
    await page.getByLabel('User name').fill(admin.username);
    await page.getByLabel('Password', { exact: true }).fill(admin.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'Fleet', level: 1 })).toBeVisible();
  }

  /** Through the dialog. Ends on the page of the session. */
  async spawn({ project, worktree }: { project: string; worktree: boolean }): Promise<void> {
    const { page } = this;
    await page.getByRole('link', { name: 'Fleet' }).first().click();
    await page
      .getByRole('button', { name: /^Spawn/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog', { name: 'Spawn a session' });
    await dialog.getByRole('combobox', { name: /^Project/ }).click();
    await page.getByRole('option', { name: new RegExp(`^${project}\\b`) }).click();
    await dialog.getByRole('radio', { name: 'Bash' }).click();
    const isolate = dialog.getByRole('checkbox', { name: 'Isolate in a git worktree' });
    await isolate.setChecked(worktree);
    const trust = dialog.getByRole('checkbox', { name: `Trust ${project}` });
    if (worktree && (await trust.isVisible())) await trust.setChecked(true);
    await dialog.getByRole('button', { name: 'Spawn', exact: false }).last().click();
    await page.waitForURL(/\/sessions\/[0-9a-f-]{36}$/);
  }

  get sessionId(): string {
    return new URL(this.page.url()).pathname.split('/').at(-1) ?? '';
  }

  /** Into the terminal, as keys. */
  async type(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: /^Terminal of/ }).focus();
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }

  /** The emulator draws on a canvas: its screen is read as a screen reader reads it. */
  async readable(): Promise<void> {
    const mode = this.page.getByRole('button', { name: 'Screen reader mode' });
    if ((await mode.getAttribute('aria-pressed')) !== 'true') await mode.click();
  }

  async sees(text: string | RegExp): Promise<void> {
    await expect(this.page.locator('.xterm-accessibility')).toContainText(text);
  }

  async stopSession(): Promise<void> {
    const { page } = this;
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page
      .getByRole('dialog')
      .or(page.getByRole('alertdialog'))
      .getByRole('button', { name: 'Stop session' })
      .click();
  }
}
