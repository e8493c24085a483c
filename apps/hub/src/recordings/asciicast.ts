// Lines of an asciicast file, version 2 or 3: a header, then events as JSON arrays. Pure.
// The formats: https://docs.asciinema.org/manual/asciicast/v2/ and /v3/.
import type { RecordingFormat } from '@roundhouse/protocol';

export interface CastHeader {
  readonly cols: number;
  readonly rows: number;
  readonly title: string;
  /** Seconds since 1970 when it began; null when nobody knows. */
  readonly timestamp: number | null;
}

/** Output, size, marker, exit status. */
type EventCode = 'o' | 'r' | 'm' | 'x';

/** What every keeper sets for its agent. */
const term = 'xterm-256color';

export class CastWriter {
  #lastMs = 0;

  constructor(private readonly format: RecordingFormat) {}

  header({ cols, rows, title, timestamp }: CastHeader): string {
    const when = timestamp === null ? {} : { timestamp };
    const about = { ...when, title };
    return line(
      this.format === 'v2'
        ? { version: 2, width: cols, height: rows, ...about, env: { TERM: term } }
        : { version: 3, term: { cols, rows, type: term }, ...about },
    );
  }

  /** @param ms since the beginning; time does not go back */
  event(ms: number, code: EventCode, data: string): string {
    const at = Math.max(ms, this.#lastMs);
    // Version 3 counts from the event before.
    const told = this.format === 'v2' ? at : at - this.#lastMs;
    this.#lastMs = at;
    return line([told / 1000, code, data]);
  }
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
