// What hub, daemon and tab hold, over time; and whether it grows.
import type { Page } from 'playwright-core';
import type { Bed } from '../core/bed.js';
import { renderersOf } from '../core/browser.js';
import { figuresOf } from '../core/process-figures.js';
import { median, slope } from '../core/stats.js';
import type { Row } from '../core/table.js';

export interface Sample {
  /** Minutes since the first one. */
  readonly at: number;
  readonly figures: Readonly<Record<string, number>>;
}

/** The first part is warm-up: code is compiled, pools and caches fill. */
const warmUp = 0.4;
/** What a line through the rest may grow by over its whole length: a share of its middle, and at least so much. */
const allowed: Readonly<Record<string, { share: number; least: number }>> = {
  MB: { share: 0.1, least: 20 },
  descriptors: { share: 0.05, least: 6 },
  threads: { share: 0, least: 2 },
};

export class Sampler {
  readonly samples: Sample[] = [];
  #began = performance.now();

  constructor(
    private readonly bed: Bed,
    private readonly page: Page,
  ) {}

  async take(): Promise<void> {
    const figures: Record<string, number> = {};
    const { hub } = this.bed.stack;
    for (const [name, pids] of [
      ['hub', [hub.program.pid]],
      ['daemon', [this.bed.daemon.program.pid]],
      ['tab', await renderersOf(this.page)],
    ] as const) {
      const all = pids.map(figuresOf);
      figures[`${name} MB`] = sum(all.map(({ rssMb }) => rssMb));
      figures[`${name} descriptors`] = sum(all.map(({ fds }) => fds));
      figures[`${name} threads`] = sum(all.map(({ threads }) => threads));
    }
    figures['heap of the tab MB'] = await this.#heapMb();
    this.samples.push({ at: (performance.now() - this.#began) / 60_000, figures });
  }

  /** What the page holds after a collection: what Chromium keeps to itself for later is not its fault. */
  async #heapMb(): Promise<number> {
    const session = await this.page.context().newCDPSession(this.page);
    try {
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      return usedSize / 1e6;
    } finally {
      await session.detach();
    }
  }
}

const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);

export function rowsOf(samples: readonly Sample[], load: number): Row[] {
  const rest = samples.slice(Math.floor(samples.length * warmUp));
  const minutes = (rest.at(-1)?.at ?? 0) - (rest[0]?.at ?? 0);
  return Object.keys(rest[0]?.figures ?? {}).map((name) => {
    const values = rest.map(({ figures }) => figures[name] ?? 0);
    const times = rest.map(({ at }) => at);
    const grown = slope(times, values) * minutes;
    const { share, least } = allowed[name.split(' ').at(-1) ?? ''] ?? { share: 0, least: 0 };
    const limit = Math.max(least, share * median(values));
    return {
      measure: name,
      yardstick: `${minutes.toFixed(1)} min, ${values.length} samples`,
      ours: `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}, middle ${median(values).toFixed(0)}`,
      result: `${grown >= 0 ? '+' : ''}${grown.toFixed(1)}`,
      limit: `<= +${limit.toFixed(0)}`,
      passed: grown <= limit,
      load,
    };
  });
}
