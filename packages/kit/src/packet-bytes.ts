// The few shapes of MessagePack that the packets of terminals are made of, written and read in place.

/** A string of less than 32 bytes. */
export const shortText = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0xa0 + text.length]), Buffer.from(text)]);

const code = { text8: 0xd9, bin8: 0xc4, bin16: 0xc5, bin32: 0xc6, float64: 0xcb } as const;
const uint = { u8: 0xcc, u16: 0xcd, u32: 0xce, u64: 0xcf, small: 0x7f } as const;
const two32 = 2 ** 32;

export class PacketWriter {
  #at = 0;

  constructor(readonly bytes: Buffer) {}

  get done(): Buffer {
    return this.bytes.subarray(0, this.#at);
  }

  constant(bytes: Buffer): void {
    this.#at += bytes.copy(this.bytes, this.#at);
  }

  /** @throws RangeError for 256 bytes and more */
  text(text: string): void {
    const { bytes } = this;
    const length = bytes.write(text, this.#at + 2);
    if (length > 0xff) throw new RangeError(`text of ${String(length)} bytes`);
    bytes[this.#at] = code.text8;
    bytes[this.#at + 1] = length;
    this.#at += 2 + length;
  }

  /** A whole number from 0 on. */
  count(value: number): void {
    const { bytes } = this;
    if (value <= uint.small) {
      bytes[this.#at] = value;
      this.#at += 1;
    } else if (value < two32) {
      bytes[this.#at] = uint.u32;
      this.#at = bytes.writeUInt32BE(value, this.#at + 1);
    } else {
      bytes[this.#at] = uint.u64;
      bytes.writeUInt32BE(Math.floor(value / two32), this.#at + 1);
      this.#at = bytes.writeUInt32BE(value % two32, this.#at + 5);
    }
  }

  float(value: number): void {
    this.bytes[this.#at] = code.float64;
    this.#at = this.bytes.writeDoubleBE(value, this.#at + 1);
  }

  data(data: Uint8Array): void {
    this.bytes[this.#at] = code.bin32;
    this.#at = this.bytes.writeUInt32BE(data.byteLength, this.#at + 1);
    this.bytes.set(data, this.#at);
    this.#at += data.byteLength;
  }
}

/** Reads what is expected. Once something is not, everything that is read is empty, and `isWhole` stays false. */
export class PacketReader {
  readonly #bytes: Buffer;
  /** Beyond the end once something was not as expected. */
  #at: number;

  constructor(bytes: Buffer, from: number) {
    this.#bytes = bytes;
    this.#at = from;
  }

  get hasFailed(): boolean {
    return this.#at > this.#bytes.length;
  }

  /** Everything was as expected, to the last byte. */
  get isWhole(): boolean {
    return this.#at === this.#bytes.length;
  }

  constant(...either: readonly Buffer[]): void {
    const found = either.find((expected) => this.#isNext(expected));
    this.#skip(found?.length ?? Infinity);
  }

  text(): string {
    const head = this.#bytes[this.#at] ?? 0;
    if (head >= 0xa0 && head < 0xc0) return this.#take(1, head - 0xa0).toString();
    return this.#take(2, head === code.text8 ? this.#bytes[this.#at + 1] : undefined).toString();
  }

  /** A whole number from 0 on. */
  count(): number {
    const head = this.#bytes[this.#at] ?? code.float64;
    if (head <= uint.small) {
      this.#at += 1;
      return head;
    }
    const digits = this.#take(1, widths.get(head));
    if (digits.length < 8) return digits.length === 0 ? 0 : digits.readUIntBE(0, digits.length);
    return digits.readUInt32BE(0) * two32 + digits.readUInt32BE(4);
  }

  /** A whole number or one with a point. */
  number(): number {
    if (this.#bytes[this.#at] !== code.float64) return this.count();
    const digits = this.#take(1, 8);
    return digits.length === 8 ? digits.readDoubleBE(0) : 0;
  }

  /** A view, not a copy. */
  data(): Buffer {
    const width = lengthWidths.get(this.#bytes[this.#at] ?? 0);
    const hasLength = width !== undefined && this.#at + 1 + width <= this.#bytes.length;
    return this.#take(1 + (width ?? 0), hasLength ? this.#bytes.readUIntBE(this.#at + 1, width) : undefined);
  }

  #isNext(expected: Buffer): boolean {
    const end = this.#at + expected.length;
    return end <= this.#bytes.length && expected.compare(this.#bytes, this.#at, end) === 0;
  }

  /** So many bytes after so many of their head; none when that cannot be. */
  #take(head: number, length = Infinity): Buffer {
    const from = this.#at + head;
    this.#skip(head + length);
    return this.hasFailed ? nothing : this.#bytes.subarray(from, this.#at);
  }

  #skip(length: number): void {
    this.#at += length;
  }
}

const nothing = Buffer.alloc(0);
const widths = new Map<number, number>([
  [uint.u8, 1],
  [uint.u16, 2],
  [uint.u32, 4],
  [uint.u64, 8],
]);
const lengthWidths = new Map<number, number>([
  [code.bin8, 1],
  [code.bin16, 2],
  [code.bin32, 4],
]);
