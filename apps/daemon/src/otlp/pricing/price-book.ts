// Prices of requests: the user's own, from this host and from the hub, then the list. Files are read again when they change.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock, Logger } from '@roundhouse/kit';
import { priceListSchema, type PriceList } from '@roundhouse/protocol';
import { readIfThere, readJsonFile, writeJsonFile } from '../../state/json-file.js';
import { compilePrices, parsePriceFile, type OwnPrices } from './own-prices.js';
import type { Pricer, Prices } from './price.js';
import { priceListVersion, PriceTable } from './price-table.js';

/** A person's file of prices is a few lines; more is not one. Bytes. */
const fileMax = 256 * 1024;
/** How often it is looked whether the file changed, in milliseconds; only while requests come. */
const lookAgainMs = 2_000;

export interface PriceBookOptions {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const noList: PriceList = { models: [], changedAt: null };

export class PriceBook implements Prices {
  readonly #options: PriceBookOptions;
  readonly #table = new PriceTable();
  readonly #file: string;
  readonly #kept: string;
  #local: PriceList = noList;
  #pushed: PriceList | null = null;
  #own: OwnPrices = compilePrices([]);
  /** Change time of the file as it was last read; null when it was not there. */
  #stamp: number | null = null;
  #lookedAt = -Infinity;
  #refreshing: Promise<void> | null = null;

  constructor(options: PriceBookOptions) {
    this.#options = options;
    this.#file = path.join(options.stateDir, 'prices.yaml');
    this.#kept = path.join(options.stateDir, 'prices.json');
  }

  get version(): string {
    return `genai-prices ${priceListVersion}${this.#own.size > 0 ? ' + own prices' : ''}`;
  }

  readonly price: Pricer = (model, tokens, ms) =>
    model === null ? null : (this.#own.price(model, tokens) ?? this.#table.price(model, tokens, ms));

  ownWindowOf(model: string): number | null {
    return this.#own.windowOf(model);
  }

  listedWindowOf(model: string): number | null {
    return this.#table.windowOf(model);
  }

  refresh(): Promise<void> {
    const now = this.#options.clock.monotonic();
    if (now - this.#lookedAt < lookAgainMs) return this.#refreshing ?? Promise.resolve();
    this.#lookedAt = now;
    this.#refreshing ??= this.#read().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** The hub's list, from now on and after a restart. @throws AppError NO_SPACE */
  async keep(list: PriceList): Promise<void> {
    await writeJsonFile(this.#kept, list);
    this.#pushed = list;
    this.#compile();
  }

  async #read(): Promise<void> {
    try {
      await this.#table.load();
      this.#pushed ??= (await readJsonFile(this.#kept, priceListSchema)) ?? noList;
      await this.#readFile();
    } catch (err) {
      this.#options.logger.warn(
        { err, file: this.#file },
        'the prices could not be read; the last ones count',
      );
    } finally {
      this.#compile();
    }
  }

  /** @throws when it is not a file of prices; the last good one counts on */
  async #readFile(): Promise<void> {
    const found = await stat(this.#file).catch(() => null);
    const stamp = found?.mtimeMs ?? null;
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    if (found === null) {
      this.#local = noList;
      return;
    }
    if (found.size > fileMax) throw new Error('it is larger than 256 KiB');
    const text = (await readIfThere(this.#file)) ?? '';
    this.#local = parsePriceFile(text, new Date(found.mtimeMs).toISOString());
  }

  #compile(): void {
    this.#own = compilePrices([this.#local, this.#pushed ?? noList]);
  }
}
