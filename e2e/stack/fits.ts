// What a page must pass at any width: nothing is cut off at its right edge, and nothing but what is meant to moves sideways.
import { expect, type Page } from '@playwright/test';

/** A phone, a narrow window, and one just too narrow for the side bar and two columns. */
const widths = [390, 660, 1030] as const;
const height = 900;

export async function checkWidths(page: Page, what: string): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height });
    await expect
      .configure({ soft: true })
      .poll(() => page.evaluate(tooWide), { timeout: 2_000, message: `${what} at ${String(width)} px` })
      .toEqual([]);
  }
}

/**
 * In the page. Terminals, their last lines and code are as wide as they are; a row that is made to may move
 * sideways; long words may end in three dots.
 */
function tooWide(): string[] {
  const meant =
    '.xterm, pre, .whitespace-pre, .truncate, .sr-only, svg, [aria-hidden="true"], .overflow-x-auto';
  const name = (element: Element): string =>
    `${element.tagName.toLowerCase()}.${element.className.toString().slice(0, 80)} "${element.textContent.trim().slice(0, 40)}"`;
  const found: string[] = [];
  for (const element of document.querySelectorAll('body, body *')) {
    if (element.closest(meant) ?? element.querySelector(':scope > div > .xterm, :scope > .xterm')) continue;
    const { overflowX, textOverflow } = getComputedStyle(element);
    // Words for screen readers alone are a pixel wide.
    const moves = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1;
    if (moves && overflowX !== 'visible' && textOverflow === 'clip') found.push(name(element));
    const { right, width, bottom } = element.getBoundingClientRect();
    if (width > 0 && bottom > 0 && right > innerWidth + 1) found.push(name(element));
  }
  return found.slice(0, 5);
}
