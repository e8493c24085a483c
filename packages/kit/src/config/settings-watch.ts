// Tells when a settings file came, changed or went. It looks at the files rather than asking the system for events, which
// do not come for replaced links and some mounts.
import { statSync } from 'node:fs';
import type { Cancel, Clock } from '../clock.js';

const lookEveryMs = 1_000;

export interface SettingsWatchOptions {
  readonly places: readonly string[];
  readonly clock: Clock;
  readonly onChanged: () => void;
  /** What changes when a file does; for tests. */
  readonly look?: (place: string) => string;
}

export class SettingsWatch {
  readonly #options: SettingsWatchOptions;
  readonly #stop: Cancel;
  #told: string;
  #seen: string;

  constructor(options: SettingsWatchOptions) {
    this.#options = options;
    this.#told = this.#seen = this.#look();
    this.#stop = options.clock.every(lookEveryMs, () => {
      this.#compare();
    });
  }

  dispose(): void {
    this.#stop();
  }

  /** A file that is still being written looks different each time: it is read when it has come to rest. */
  #compare(): void {
    const now = this.#look();
    const atRest = now === this.#seen;
    this.#seen = now;
    if (!atRest || now === this.#told) return;
    this.#told = now;
    this.#options.onChanged();
  }

  #look(): string {
    const { places, look = signature } = this.#options;
    return places.map((place) => look(place)).join('\n');
  }
}

function signature(place: string): string {
  try {
    const found = statSync(place, { throwIfNoEntry: false });
    return found ? [found.mtimeMs, found.size, found.ino, found.mode].join(':') : 'none';
  } catch {
    return 'none';
  }
}
