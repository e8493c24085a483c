// The outermost layer of a backup file: a header, then numbered frames. Each frame is authenticated (encrypted with
// AES-256-GCM when there is a passphrase, with a SHA-256 digest when not) before anybody reads what is in it, and the
// last one is marked: a flipped bit, a swapped, missing or added piece is refused wherever it is.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { promisify } from 'node:util';
import { AppError } from '@roundhouse/protocol';
import { z } from 'zod';

/** The first line of every backup; the number is that of the layout. */
const magic = 'ROUNDHOUSE-BACKUP';
const layout = 1;
/** Plain bytes of one frame: what is held in memory at a time. */
const frameBytes = 64 * 1024;
const headerMaxBytes = 1024;
const lastBit = 0x8000_0000;
const gcmTagBytes = 16;
const digestBytes = 32;

/** 128 MiB and about half a second per try; a file may not ask for more than four times that. */
const cost = { n: 131_072, r: 8, p: 1 } as const;
/** Less than this a file may not ask for, either: the lowest that is still some work. */
const minCost = 16_384;
const maxCost = 524_288;

const headerSchema = z.discriminatedUnion('cipher', [
  z.object({ cipher: z.literal('none') }),
  z.object({
    cipher: z.literal('aes-256-gcm'),
    n: z.int().min(minCost).max(maxCost),
    r: z.literal(8),
    p: z.literal(1),
    salt: z.base64(),
  }),
]);
type Header = z.infer<typeof headerSchema>;

interface Seal {
  readonly tagBytes: number;
  /** Null: a digest instead of a cipher. */
  readonly key: Buffer | null;
  /** SHA-256 of the header; bound to every frame. */
  readonly header: Buffer;
}

/** Seals what it is given. */
export async function* sealFrames(
  source: AsyncIterable<Buffer>,
  passphrase: string | null,
  work: { n: number; r: 8; p: 1 } = cost,
): AsyncGenerator<Buffer> {
  const header: Header =
    passphrase === null
      ? { cipher: 'none' }
      : { cipher: 'aes-256-gcm', ...work, salt: randomBytes(32).toString('base64') };
  const text = Buffer.from(`${magic} ${String(layout)}\n${JSON.stringify(header)}\n`);
  const seal = await sealOf(header, text, passphrase);
  yield text;
  let waiting: Buffer = Buffer.alloc(0);
  let counter = 0;
  for await (const piece of source) {
    waiting = waiting.length === 0 ? piece : Buffer.concat([waiting, piece]);
    while (waiting.length > frameBytes) {
      yield close(seal, counter, { data: waiting.subarray(0, frameBytes), last: false });
      counter += 1;
      waiting = waiting.subarray(frameBytes);
    }
  }
  yield close(seal, counter, { data: waiting, last: true });
}

/** @throws AppError BACKUP_INVALID as soon as a frame is not what was sealed, and when the end is missing */
export async function* openFrames(
  source: AsyncIterable<Buffer>,
  passphrase: string | null,
): AsyncGenerator<Buffer> {
  const reader = new ByteReader(source);
  const text = Buffer.concat([await reader.line(), await reader.line()]);
  const header = readHeader(text.toString('utf8'));
  if (header.cipher === 'none' && passphrase !== null) {
    throw new AppError('BACKUP_INVALID', {
      message: 'The backup is not encrypted, but a passphrase was given',
      hint: 'Leave out --passphrase-file if that is what you expect.',
    });
  }
  const seal = await sealOf(header, text, passphrase);
  for (let counter = 0; ; counter += 1) {
    const word = await reader.bytes(4);
    const last = (word.readUInt32BE() & lastBit) !== 0;
    const length = word.readUInt32BE() & ~lastBit;
    if (length > frameBytes) throw damaged();
    yield open(seal, counter, {
      word,
      body: await reader.bytes(length),
      tag: await reader.bytes(seal.tagBytes),
    });
    if (!last) continue;
    if (!(await reader.atEnd())) throw damaged();
    return;
  }
}

async function sealOf(header: Header, text: Buffer, passphrase: string | null): Promise<Seal> {
  const digest = createHash('sha256').update(text).digest();
  if (header.cipher === 'none') return { tagBytes: digestBytes, key: null, header: digest };
  if (passphrase === null) {
    throw new AppError('BACKUP_INVALID', {
      message: 'The backup is encrypted',
      hint: 'Give the file that holds its passphrase: --passphrase-file FILE.',
    });
  }
  return { tagBytes: gcmTagBytes, key: await deriveKey(passphrase, header), header: digest };
}

const deriveKey = (
  passphrase: string,
  { n, r, p, salt }: Header & { cipher: 'aes-256-gcm' },
): Promise<Buffer> =>
  promisify<string, Buffer, number, object, Buffer>(scrypt)(
    passphrase.normalize('NFKC'),
    Buffer.from(salt, 'base64'),
    32,
    { N: n, r, p, maxmem: 256 * n * r },
  );

interface Plain {
  readonly data: Buffer;
  readonly last: boolean;
}

function close(seal: Seal, counter: number, { data, last }: Plain): Buffer {
  const word = Buffer.alloc(4);
  word.writeUInt32BE(((last ? lastBit : 0) | data.length) >>> 0);
  if (seal.key === null) return Buffer.concat([word, data, digestOf(seal, counter, [word, data])]);
  const cipher = createCipheriv('aes-256-gcm', seal.key, nonce(counter)).setAAD(
    Buffer.concat([seal.header, word]),
  );
  return Buffer.concat([word, cipher.update(data), cipher.final(), cipher.getAuthTag()]);
}

interface Sealed {
  readonly word: Buffer;
  readonly body: Buffer;
  readonly tag: Buffer;
}

function open(seal: Seal, counter: number, { word, body, tag }: Sealed): Buffer {
  if (seal.key === null) {
    if (!timingSafeEqual(digestOf(seal, counter, [word, body]), tag)) throw damaged();
    return body;
  }
  const decipher = createDecipheriv('aes-256-gcm', seal.key, nonce(counter));
  decipher.setAAD(Buffer.concat([seal.header, word])).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch {
    if (counter > 0) throw damaged();
    throw new AppError('BACKUP_INVALID', { message: 'The passphrase is wrong, or the backup is damaged' });
  }
}

/** The key is of this file alone, so that the number of the frame never repeats under it. */
function nonce(counter: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(BigInt(counter), 4);
  return bytes;
}

const digestOf = (seal: Seal, counter: number, parts: readonly Buffer[]): Buffer =>
  createHash('sha256').update(seal.header).update(nonce(counter)).update(Buffer.concat(parts)).digest();

function readHeader(text: string): Header {
  const [first = '', second = ''] = text.split('\n');
  if (!first.startsWith(`${magic} `)) {
    throw new AppError('BACKUP_INVALID', {
      message: 'The file is not a backup of Roundhouse, or is damaged',
    });
  }
  if (first !== `${magic} ${String(layout)}`) {
    throw new AppError('BACKUP_NEWER', {
      message: `The layout of the backup is not known here: ${first.slice(0, 60)}`,
    });
  }
  try {
    return headerSchema.parse(JSON.parse(second));
  } catch {
    throw damaged();
  }
}

/** Exact numbers of bytes from pieces of any size. */
class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async bytes(count: number): Promise<Buffer> {
    while (this.#held.length < count) if (!(await this.#more())) throw cutOff();
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return taken;
  }

  /** With the line feed. */
  async line(): Promise<Buffer> {
    for (;;) {
      const end = this.#held.indexOf(10);
      if (end >= 0) return this.bytes(end + 1);
      if (this.#held.length > headerMaxBytes || !(await this.#more())) {
        throw new AppError('BACKUP_INVALID', {
          message: 'The file is not a backup of Roundhouse, or is damaged',
        });
      }
    }
  }

  async atEnd(): Promise<boolean> {
    return this.#held.length === 0 && !(await this.#more());
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done) return false;
    this.#held = this.#held.length === 0 ? next.value : Buffer.concat([this.#held, next.value]);
    return true;
  }
}

const damaged = (): AppError => new AppError('BACKUP_INVALID', { message: 'The backup is damaged' });
const cutOff = (): AppError =>
  new AppError('BACKUP_INVALID', { message: 'The backup is cut off: its end is missing' });
