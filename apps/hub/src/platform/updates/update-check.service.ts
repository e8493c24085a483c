// Whether there is a newer release. Opt-in: without ROUNDHOUSE_UPDATE_CHECK_URL, and in a checkout, nothing is ever asked.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { isNewerVersion, parseVersion, type Cancel, type Clock, type Logger } from '@roundhouse/kit';
import { productVersion } from '@roundhouse/protocol';
import { z } from 'zod';
import type { HubConfig } from '../../config.js';
import { CLOCK, CONFIG, LOGGER } from '../tokens.js';

export interface UpdateNotice {
  readonly version: string;
  /** Where it is described; null when the answer did not say. */
  readonly url: string | null;
}

/** Soon after the start, when it has other things to do no more. */
const firstMs = 60_000;
/** Releases are rare, and a hub that nobody looks at asks as well. */
const everyMs = 24 * 60 * 60_000;
const timeoutMs = 10_000;
/** What describes one release has a few kilobytes; more is not read. */
const maxBytes = 256 * 1024;

const webAddress = z.url({ protocol: /^https?$/ });
/** A file of one's own, or what GitHub answers at /repos/OWNER/NAME/releases/latest. */
const answerSchema = z.union([
  z.object({ version: z.string(), url: webAddress.nullish() }),
  z.object({ tag_name: z.string(), html_url: webAddress.nullish() }).transform((found) => ({
    version: found.tag_name,
    url: found.html_url,
  })),
]);

@Injectable()
export class UpdateCheckService implements OnApplicationBootstrap, OnModuleDestroy {
  #notice: UpdateNotice | null = null;
  readonly #stop = new AbortController();
  readonly #timers: Cancel[] = [];

  constructor(
    @Inject(CONFIG) private readonly config: HubConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The release that is newer than this hub; null when there is none, or when nobody asked to know. */
  get notice(): UpdateNotice | null {
    return this.#notice;
  }

  onApplicationBootstrap(): void {
    const { updateCheckUrl, commit } = this.config;
    if (updateCheckUrl === null || commit === null) return;
    const look = (): void => {
      void this.look(updateCheckUrl);
    };
    this.#timers.push(this.clock.after(firstMs, look), this.clock.every(everyMs, look));
  }

  onModuleDestroy(): void {
    this.#stop.abort();
    for (const cancel of this.#timers.splice(0)) cancel();
  }

  /** Asks once; what goes wrong is a line in the log and nothing more. */
  async look(url: string, current: string = productVersion): Promise<void> {
    try {
      const answer = answerSchema.parse(JSON.parse(await this.#fetch(url)));
      const version = parseVersion(answer.version);
      this.#notice =
        version !== null && isNewerVersion(version, current) ? { version, url: answer.url ?? null } : null;
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.logger.warn({ err: error }, 'could not ask for a newer release');
    }
  }

  async #fetch(url: string): Promise<string> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(url, {
      signal,
      redirect: 'error',
      headers: { accept: 'application/json', 'user-agent': 'roundhouse' },
    });
    if (!response.ok || !response.body) throw new Error(`the answer was ${String(response.status)}`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new Error('the answer is too long');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}
