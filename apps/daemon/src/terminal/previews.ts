// Which previews the hub wants: running screens tell theirs by themselves, ended ones are looked at once.
import type { Logger } from '@roundhouse/kit';
import type { SessionId, TerminalPreview } from '@roundhouse/protocol';

export interface PreviewSource {
  readonly isLive: boolean;
  preview(): Promise<TerminalPreview>;
}

export interface PreviewsOptions {
  readonly logger: Logger;
  /** The live ones. */
  readonly watch: (sessionIds: readonly SessionId[]) => void;
  readonly sourceOf: (sessionId: SessionId) => PreviewSource | undefined;
  readonly emit: (sessionId: SessionId, preview: TerminalPreview) => void;
}

export class Previews {
  readonly #options: PreviewsOptions;
  #wanted: ReadonlySet<SessionId> = new Set();
  /** Ended sessions that were told of in this list. */
  #told = new Set<SessionId>();
  #looking = false;

  constructor(options: PreviewsOptions) {
    this.#options = options;
  }

  /** Replaces the list. */
  watch(sessionIds: readonly SessionId[]): void {
    this.#wanted = new Set(sessionIds);
    this.#told = new Set([...this.#told].filter((id) => this.#wanted.has(id)));
    this.#options.watch(sessionIds);
    if (!this.#looking) void this.#look();
  }

  /** The hub is gone. */
  forget(): void {
    this.watch([]);
  }

  /** One after the other: a page of old sessions must not keep every thread busy. */
  async #look(): Promise<void> {
    const { sourceOf, emit, logger } = this.#options;
    this.#looking = true;
    for (let id = this.#next(); id; id = this.#next()) {
      this.#told.add(id);
      const source = sourceOf(id);
      if (!source || source.isLive) continue;
      try {
        const preview = await source.preview();
        if (this.#wanted.has(id)) emit(id, preview);
      } catch (error) {
        logger.debug({ err: error, sessionId: id }, 'no preview');
      }
    }
    this.#looking = false;
  }

  #next(): SessionId | undefined {
    return [...this.#wanted].find((id) => !this.#told.has(id));
  }
}
