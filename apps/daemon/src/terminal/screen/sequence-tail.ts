// The sequence that the emulator is in the middle of, as bytes that bring another emulator to the same place; bounded,
// however long the agent's sequence is. Pure.
import { parserState } from './xterm-internals.js';

/** Nothing that a screen shows needs a longer sequence; what is longer is forgotten, and only its end is waited for. */
export const sequenceMaxBytes = 64 * 1024;

const esc = 0x1b;
/** C1 controls that begin a sequence, after 0xC2. */
const introducers = new Set([0x90, 0x98, 0x9b, 0x9d, 0x9e, 0x9f]);
const none = new Uint8Array(0);

export class SequenceTail {
  #bytes: Uint8Array = none;
  /** The bytes stand for a longer sequence, of which nothing matters but its end. */
  #opaque = false;

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /**
   * After `piece` was parsed and left the parser in `state`.
   * @returns what the emulator has to be given instead of a sequence that is too long; null when all is well
   */
  after(piece: Uint8Array, state: number): Uint8Array | null {
    if (state === parserState.ground) {
      this.#set(none, false);
      return null;
    }
    const start = lastIntroducer(piece);
    if (start >= 0) this.#set(cleaned(piece.subarray(start), state), false);
    else if (!this.#opaque) this.#set(Buffer.concat([this.#bytes, cleaned(piece, state)]), false);
    if (this.#bytes.length <= sequenceMaxBytes) return null;
    const stand = Buffer.from(standIn(state), 'latin1');
    this.#set(stand, true);
    // CAN ends the long one without effect.
    return Buffer.concat([Buffer.of(0x18), stand]);
  }

  #set(bytes: Uint8Array, opaque: boolean): void {
    this.#bytes = bytes;
    this.#opaque = opaque;
  }
}

/** Index of the last byte that begins a sequence, -1 for none. */
function lastIntroducer(piece: Uint8Array): number {
  const begun = piece.lastIndexOf(esc);
  for (let index = piece.length - 2; index > begun; index -= 1) {
    if (piece[index] === 0xc2 && introducers.has(piece[index + 1] ?? 0)) return index;
  }
  return begun;
}

/** Control characters within escape and CSI sequences have had their effect already. */
function cleaned(piece: Uint8Array, state: number): Uint8Array {
  if (state > parserState.csiIgnore) return piece.slice();
  return piece.filter((byte) => byte >= 0x20 || byte === esc);
}

function standIn(state: number): string {
  if (state <= parserState.csiIgnore) return '\u001b[0?';
  if (state === parserState.sosPmApc) return '\u001b_';
  // Numbers that nobody handles.
  return state === parserState.osc ? '\u001b]7777;' : '\u001bP0z';
}
