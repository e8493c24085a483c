// Chromium without a screen, and the moment at which a terminal's page has painted something.
import { chromium, type Browser, type Page } from 'playwright-core';
import { admin } from '../../e2e/stack/hub.js';

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    // Its own sandbox cannot be made in a container; nothing but our own pages is opened.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });

/** The processes that draw pages: that of the only one, and the one that Chromium keeps ready for the next. */
export async function renderersOf(page: Page): Promise<number[]> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  const { processInfo = [] } = (await session?.send('SystemInfo.getProcessInfo')) ?? {};
  await session?.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

export async function signIn(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/login`);
  await page.getByLabel('User name').fill(admin.username);
  await page.getByLabel('Password', { exact: true }).fill(admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/login'));
}

/** A page whose terminal may be looked at between two frames, too. */
export async function newPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(() => {
    const { prototype } = HTMLCanvasElement;
    const original = Reflect.get(prototype, 'getContext');
    const patched = function (this: HTMLCanvasElement, kind: string, options?: object): unknown {
      const kept = kind === 'webgl2' ? { ...options, preserveDrawingBuffer: true } : options;
      return Reflect.apply(original, this, [kind, kept]);
    };
    Object.assign(prototype, { getContext: patched });
  });
  return page;
}

/** Fills the screen with magenta, which no text does. */
export const paintMagenta = `for i in {1..80}; do printf '\\e[48;2;255;0;255m%100s\\e[0m\\n' ''; done`;

/** Resolves with the time at which the middle of the terminal is magenta on the screen. Runs in the page. */
export function magentaSeen(): Promise<number> {
  const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const isMagenta = (red = 0, green = 255, blue = 0): boolean => red > 200 && green < 80 && blue > 200;
  const onCanvas = (canvas: HTMLCanvasElement): boolean => {
    if (!pixel || canvas.width === 0) return false;
    pixel.clearRect(0, 0, 1, 1);
    pixel.drawImage(canvas, canvas.width / 4, canvas.height / 2, 1, 1, 0, 0, 1, 1);
    return isMagenta(...pixel.getImageData(0, 0, 1, 1).data);
  };
  const inRows = (): boolean => {
    const rows = document.querySelector('.xterm-rows')?.children;
    const cells = rows?.[Math.floor(rows.length / 2)]?.querySelectorAll('span') ?? [];
    return [...cells].some((cell) =>
      isMagenta(...(getComputedStyle(cell).backgroundColor.match(/\d+/g) ?? []).map(Number)),
    );
  };
  return new Promise((resolve) => {
    const look = (): void => {
      const canvases = document.querySelectorAll<HTMLCanvasElement>('.xterm-screen canvas');
      if ([...canvases].some(onCanvas) || inRows()) resolve(Date.now());
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}
