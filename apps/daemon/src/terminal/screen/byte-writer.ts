// Text as UTF-8 in memory that grows: joining millions of small strings costs more than drawing.

const firstBytes = 16 * 1024;

export class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(firstBytes);
  #length = 0;

  /** A copy without room to spare. */
  get bytes(): Buffer {
    const copy = Buffer.allocUnsafeSlow(this.#length);
    this.#bytes.copy(copy, 0, 0, this.#length);
    return copy;
  }

  text(text: string): void {
    // Three bytes for each unit at most.
    this.#need(3 * text.length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) {
        at += bytes.write(text.slice(index), at);
        break;
      }
      bytes[at] = code;
      at += 1;
    }
    this.#length = at;
  }

  /** One character below U+0800. */
  narrow(code: number): void {
    this.#need(2);
    if (code < 0x80) {
      this.#bytes[this.#length] = code;
      this.#length += 1;
      return;
    }
    this.#bytes[this.#length] = 0xc0 | (code >> 6);
    this.#bytes[this.#length + 1] = 0x80 | (code & 0x3f);
    this.#length += 2;
  }

  #need(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.#length + more));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
