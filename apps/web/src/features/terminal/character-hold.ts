// Keeps the bytes of a character that is not whole yet: the emulator (6.0.0) misreads some that are cut between two
// writes, for example every dash and ellipsis after its second byte (E2 80 | 94).
import { concatBytes } from './bytes.js';

const none = new Uint8Array();

export class CharacterHold {
  #held: Uint8Array = none;

  /** What may be written now; the rest comes with the next piece. */
  take(data: Uint8Array): Uint8Array {
    const all = this.#held.byteLength === 0 ? data : concatBytes([this.#held, data]);
    const whole = wholeLength(all);
    // A copy: a view would keep the whole piece alive.
    this.#held = all.slice(whole);
    return all.subarray(0, whole);
  }

  drop(): void {
    this.#held = none;
  }
}

/** Length without the beginning of a character at the end. What is no UTF-8 counts as whole. */
function wholeLength(data: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, data.byteLength); back += 1) {
    const byte = data[data.byteLength - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    return back < lengthOf(byte) ? data.byteLength - back : data.byteLength;
  }
  return data.byteLength;
}

/** Bytes of the character that begins with this one. */
function lengthOf(lead: number): number {
  if (lead >= 0xf0 && lead < 0xf8) return 4;
  if (lead >= 0xe0) return lead < 0xf0 ? 3 : 1;
  return lead >= 0xc2 ? 2 : 1;
}
