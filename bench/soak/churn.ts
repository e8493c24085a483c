// The comings and goings of a soak: agents that print and end, viewers that look and leave, a tab that wanders.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Bed } from '../core/bed.js';

/** A normal day of one person: so many agents started and ended, and looks at each: a page opened, reloaded, left. */
const day = { agents: 40, looksPerAgent: 10 } as const;
/** Ten days in half an hour. */
const agentsPerMinute = (10 * day.agents) / 30;
/** Agents that live at a time. */
const lanes = 3;
/** Where the tab is: the fleet, a session, the fleet again. */
const tabMs = 2_000;

export class Churn {
  readonly faults: string[] = [];
  #agents = 0;
  #looks = 0;
  #moves = 0;
  #newest: string | null = null;

  constructor(
    private readonly bed: Bed,
    private readonly page: Page,
    private readonly text: string,
  ) {}

  get summary(): string {
    return `${this.#agents} agents, ${this.#looks} looks, ${this.#moves} moves of the tab`;
  }

  async run(end: number): Promise<void> {
    const running = Array.from({ length: lanes }, (_, lane) => this.#lane(end, lane));
    await Promise.all([...running, this.#tab(end)]);
  }

  async #lane(end: number, lane: number): Promise<void> {
    const everyMs = 60_000 / agentsPerMinute;
    for (let due = performance.now() + lane * everyMs; performance.now() < end; due += lanes * everyMs) {
      await sleep(Math.max(0, due - performance.now()));
      try {
        await this.#life();
      } catch (error) {
        this.faults.push(`an agent: ${String(error)}`);
      }
    }
  }

  async #life(): Promise<void> {
    const { bed, text } = this;
    const id = await bed.session();
    this.#newest = id;
    const first = await bed.attach(id);
    await first.run(`cat ${text}`);
    first.close();
    for (let look = 0; look < day.looksPerAgent; look += 1) {
      const prefer = look % 2 === 0 ? 'screen' : 'exact';
      const viewer = await bed.attach(id, { prefer });
      await viewer.run('true');
      if (viewer.faults.length > 0) this.faults.push(...viewer.faults);
      viewer.close();
      this.#looks += 1;
    }
    const last = await bed.attach(id);
    last.type('exit 0\n');
    await bed.stack.sessionIs(id, 'exited', 30_000);
    last.close();
    await bed.stack.rest.ok('DELETE', `sessions/${id}`);
    this.#agents += 1;
  }

  async #tab(end: number): Promise<void> {
    const { page, bed } = this;
    while (performance.now() < end) {
      const wish = this.#moves % 2 === 1 ? this.#newest : null;
      try {
        // As a person goes: by the app's own links, without loading it again.
        if (wish === null) await page.getByRole('link', { name: 'Fleet' }).first().click();
        else await page.evaluate((path) => history.pushState({}, '', path), `/sessions/${wish}`);
        if (wish !== null) await page.evaluate(() => dispatchEvent(new PopStateEvent('popstate')));
        this.#moves += 1;
      } catch (error) {
        this.faults.push(`the tab: ${String(error)}`);
        await page.goto(bed.stack.hub.url);
      }
      await sleep(tabMs);
    }
  }
}
