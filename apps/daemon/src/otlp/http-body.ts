// The bytes of one request: read up to a cap, inflated up to a cap, within a budget for all requests together.
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AppError } from '@roundhouse/protocol';
import type { Encoding } from './decode.js';

/** Bytes of a body as sent. The largest batch seen from a real agent is 1 MB. */
export const maxBodyBytes = 4 * 1024 * 1024;
/** Bytes of a body once inflated. */
const maxInflatedBytes = 16 * 1024 * 1024;
/** Inflated bytes that need not be announced in the trailer: for gzip files put together from several. */
const maxUnannouncedBytes = 1024 * 1024;
/** Bytes of all bodies that are being read; more agents than that have to try again. */
const maxReadingBytes = 32 * 1024 * 1024;
/** Bodies that are inflated and decoded at the same time: bounds memory, not speed. */
const maxDecoding = 2;

const gzipMagic = 0x1f8b;
/** Header and trailer of an empty gzip file. */
const minGzipBytes = 18;

const inflate = promisify(gunzip);

/** @throws AppError UNSUPPORTED_MEDIA_TYPE */
export function encodingOf(headers: IncomingHttpHeaders): Encoding {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  switch (type.trim().toLowerCase()) {
    case 'application/json':
      return 'json';
    case 'application/x-protobuf':
      return 'protobuf';
    default:
      throw new AppError('UNSUPPORTED_MEDIA_TYPE', {
        message: 'The Content-Type is not one of OTLP over HTTP',
        hint: 'Send application/json or application/x-protobuf.',
      });
  }
}

/** A body as it arrives, whatever the protocol. */
export interface BodySource {
  readonly stream: Readable;
  /** Bytes that the sender announced; 0 when it did not. */
  readonly declared: number;
  /** The body in what was sent, and whether it is compressed. */
  readonly unpack: (sent: Buffer) => { readonly body: Buffer; readonly gzip: boolean };
}

/** @throws AppError UNSUPPORTED_MEDIA_TYPE */
export function httpBody(stream: Readable, headers: IncomingHttpHeaders): BodySource {
  const gzip = isGzip(headers);
  return {
    stream,
    declared: Number(headers['content-length'] ?? 0),
    unpack: (body) => ({ body, gzip }),
  };
}

export class BodyReader {
  #reading = 0;
  readonly #decoding = new Slots(maxDecoding);

  /**
   * Reads and inflates the body and hands it to `use` while it counts against the budgets.
   * @throws AppError BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST, RATE_LIMITED
   */
  async read<T>(source: BodySource, use: (bytes: Uint8Array) => T): Promise<T> {
    let held = 0;
    const hold = (bytes: number): void => {
      held += bytes;
      this.#reading += bytes;
      if (held > maxBodyBytes) throw bodyTooLarge(`more than ${String(maxBodyBytes)} bytes`);
      if (this.#reading > maxReadingBytes) {
        throw new AppError('RATE_LIMITED', { message: 'Too much telemetry at once', retryAfterS: 1 });
      }
    };
    try {
      const { body, gzip } = source.unpack(await collect(source, hold));
      return await this.#decoding.run(async () => use(gzip ? await inflateWithin(body) : body));
    } finally {
      this.#reading -= held;
    }
  }
}

function isGzip(headers: IncomingHttpHeaders): boolean {
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'gzip') return true;
  if (encoding === 'identity' || encoding === '') return false;
  throw new AppError('UNSUPPORTED_MEDIA_TYPE', {
    message: `The Content-Encoding ${encoding.slice(0, 40)} is not supported`,
    hint: 'Use gzip or none.',
  });
}

const bodyTooLarge = (what: string, cause?: unknown): AppError =>
  new AppError('BODY_TOO_LARGE', {
    message: `The telemetry request has ${what}`,
    hint: 'Export smaller batches.',
    cause,
  });

async function collect({ stream, declared }: BodySource, hold: (bytes: number) => void): Promise<Buffer> {
  if (declared > maxBodyBytes) throw bodyTooLarge(`${String(declared)} bytes`);
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      try {
        hold(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        // What still comes is read and dropped, so that the sender gets to see the answer.
        stream.off('data', onData).resume();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const cutOff = (): void => {
      reject(new AppError('BAD_REQUEST', { message: 'The telemetry request ended before its body' }));
    };
    stream.on('data', onData);
    stream.once('end', () => {
      // Every stream closes after its end: an error made for nobody costs more than reading the body.
      stream.off('close', cutOff);
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
    stream.once('error', cutOff);
    stream.once('close', cutOff);
  });
}

/**
 * Gzip ends with the length of its content. A bomb that tells the truth is refused unopened, and one
 * that lies is stopped at what it told: no memory is spent on either.
 */
async function inflateWithin(body: Buffer): Promise<Buffer> {
  if (body.length < minGzipBytes || body.readUInt16BE(0) !== gzipMagic) throw notGzip();
  const announced = body.readUInt32LE(body.length - 4);
  if (announced > maxInflatedBytes) throw inflatedTooLarge(maxInflatedBytes);
  const maxOutputLength = Math.max(announced, maxUnannouncedBytes);
  try {
    return await inflate(body, { maxOutputLength });
  } catch (cause) {
    if (cause instanceof RangeError) throw inflatedTooLarge(maxOutputLength, cause);
    throw notGzip(cause);
  }
}

const notGzip = (cause?: unknown): AppError =>
  new AppError('BAD_REQUEST', {
    message: 'The body is not valid gzip',
    hint: 'See that Content-Encoding says what the body is.',
    cause,
  });

const inflatedTooLarge = (limit: number, cause?: unknown): AppError =>
  bodyTooLarge(`more than ${String(limit)} bytes when inflated`, cause);

/** So many at once; the others wait in order. Their number is bounded by the connections of the server. */
class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
