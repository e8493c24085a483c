// What is typed into a terminal that opens just now: kept for the moment that its first attach takes, so that whoever
// spawns a session and types at once loses no key. Later losses of the link keep nothing: see input-sender.ts.
import { concatBytes } from './bytes.js';

/** A few lines; a paste has its own way. */
const EARLY_MAX_BYTES = 4096;
/** An attach takes a tenth of this on a slow line; what would come later than that would surprise. */
const EARLY_MS = 2000;

export class EarlyTyping {
  #kept: Uint8Array[] = [];
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #over = false;
  readonly #encoder = new TextEncoder();

  /** `lost`: something was kept and will not be sent. */
  constructor(private readonly lost: () => void) {}

  /** True when it is kept until `take` or `drop`, or for two seconds at most. */
  keep(text: string | Uint8Array): boolean {
    if (this.#over) return false;
    const data = typeof text === 'string' ? this.#encoder.encode(text) : text;
    if (this.#bytes + data.byteLength > EARLY_MAX_BYTES) return false;
    this.#kept.push(data);
    this.#bytes += data.byteLength;
    this.#timer ??= setTimeout(() => this.drop(), EARLY_MS);
    return true;
  }

  /** The first attach is there: all that was kept, in order. Nothing is kept from now on. */
  take(): Uint8Array {
    const kept = concatBytes(this.#kept);
    this.#end();
    return kept;
  }

  /** There will be no attach for now: what was kept is lost, and that is told. */
  drop(): void {
    if (this.#bytes === 0) return;
    this.#end();
    this.lost();
  }

  #end(): void {
    this.#over = true;
    this.#kept = [];
    this.#bytes = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
