// The framing between keeper and daemon. Pure; used by both sides, so it imports nothing at run time.
//   u32 length of the rest | u8 protocol version | u8 type | u16 header length | header (JSON) | body (raw bytes)
import type { KeeperFrameName, KeeperHeader } from '@roundhouse/protocol';

/** Protocol versions that this build speaks. HELLO always has version 1, so that any two builds can read it. */
export const KEEPER_PROTO = { min: 1, max: 2 } as const;

/** Frame types as they stand on the wire. Numbers are never reused. */
export const FRAME_TYPE = {
  HELLO: 1,
  ATTACH: 2,
  DATA: 3,
  GAP: 4,
  RESIZED: 5,
  ACK: 6,
  DETACH: 7,
  READ: 8,
  READ_REPLY: 9,
  INPUT: 10,
  INPUT_ACK: 11,
  INPUT_NAK: 12,
  RESIZE: 13,
  SIGNAL: 14,
  EXIT: 15,
  INFO: 16,
  INFO_REPLY: 17,
  FORGET: 18,
  FENCED: 19,
  OK: 20,
  ERROR: 21,
  STATE: 22,
  CLAIM: 23,
  EXITED: 24,
} as const satisfies Record<KeeperFrameName, number>;

/** Output bytes per DATA frame: small enough that a keystroke's ack overtakes a flood. */
export const DATA_BYTES = 64 * 1024;
/** Most bytes that one READ returns. */
export const READ_BYTES = 256 * 1024;
/** Most bytes of one INPUT. */
export const INPUT_BYTES = 64 * 1024;
/** A larger frame is an error of the peer: the biggest legal one is a READ_REPLY with its header. */
export const MAX_FRAME_BYTES = READ_BYTES + 64 * 1024;

const PREFIX_BYTES = 4;
const FIXED_BYTES = 4;

const NAMES = new Map<number, KeeperFrameName>(
  Object.entries(FRAME_TYPE).flatMap(([name, type]) => (isFrameName(name) ? [[type, name] as const] : [])),
);

function isFrameName(name: string): name is KeeperFrameName {
  return Object.hasOwn(FRAME_TYPE, name);
}

/** A decoded frame. The header is whatever JSON the peer sent: parse it before use. */
export interface Frame {
  readonly version: number;
  /** Null for a type that this build does not know; newer peers may send such, ignore them. */
  readonly name: KeeperFrameName | null;
  readonly header: unknown;
  readonly body: Buffer;
}

export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** Everything of a frame before its body, so that large bodies are not copied. */
export function encodeHead<N extends KeeperFrameName>(
  name: N,
  header: KeeperHeader<N>,
  options: { bodyLength: number; version?: number },
): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const head = Buffer.allocUnsafe(PREFIX_BYTES + FIXED_BYTES + json.length);
  head.writeUInt32BE(FIXED_BYTES + json.length + options.bodyLength, 0);
  head.writeUInt8(options.version ?? KEEPER_PROTO.max, PREFIX_BYTES);
  head.writeUInt8(FRAME_TYPE[name], PREFIX_BYTES + 1);
  head.writeUInt16BE(json.length, PREFIX_BYTES + 2);
  json.copy(head, PREFIX_BYTES + FIXED_BYTES);
  return head;
}

export function encodeFrame<N extends KeeperFrameName>(
  name: N,
  header: KeeperHeader<N>,
  body?: Buffer,
): Buffer {
  const head = encodeHead(name, header, { bodyLength: body?.length ?? 0 });
  return body ? Buffer.concat([head, body]) : head;
}

/** Takes a byte stream apart, however it was cut. */
export class FrameDecoder {
  #chunks: Buffer[] = [];
  #length = 0;

  /**
   * Frames that are complete now.
   * @throws FrameError when the stream is not one of frames; the connection is of no more use then
   */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | null {
    if (this.#length < PREFIX_BYTES) return null;
    const length = this.#front(PREFIX_BYTES).readUInt32BE(0);
    if (length > MAX_FRAME_BYTES || length < FIXED_BYTES)
      throw new FrameError(`frame of ${String(length)} bytes`);
    const total = PREFIX_BYTES + length;
    if (this.#length < total) return null;
    const bytes = this.#front(total);
    const rest = bytes.subarray(total);
    this.#chunks[0] = rest;
    this.#length -= total;
    return decode(bytes.subarray(PREFIX_BYTES, total));
  }

  /** The first chunk, joined with its followers until it holds `count` bytes. */
  #front(count: number): Buffer {
    const first = this.#chunks[0];
    if (first && first.length >= count) return first;
    const joined = Buffer.concat(this.#chunks, this.#length);
    this.#chunks = [joined];
    return joined;
  }
}

function decode(bytes: Buffer): Frame {
  const headerLength = bytes.readUInt16BE(2);
  if (FIXED_BYTES + headerLength > bytes.length)
    throw new FrameError('frame header is longer than the frame');
  const bodyAt = FIXED_BYTES + headerLength;
  return {
    version: bytes.readUInt8(0),
    name: NAMES.get(bytes.readUInt8(1)) ?? null,
    header: parseJson(bytes.toString('utf8', FIXED_BYTES, bodyAt)),
    body: bytes.subarray(bodyAt),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FrameError('frame header is not JSON');
  }
}
