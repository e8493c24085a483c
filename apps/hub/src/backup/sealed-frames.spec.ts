// The seal of a backup: what comes out is what went in, or nothing does.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFrames, sealFrames } from './sealed-frames.js';

/** The least that a file may ask for; the product asks for eight times that. */
const work = { n: 16_384, r: 8, p: 1 } as const;

async function* of(...pieces: Buffer[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}
async function all(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}
const seal = (data: Buffer, passphrase: string | null) => all(sealFrames(of(data), passphrase, work));
const open = (sealed: Buffer, passphrase: string | null) => all(openFrames(of(sealed), passphrase));
const refused = { code: expect.stringMatching(/^BACKUP_(INVALID|NEWER)$/) as string };

describe.each([[null], ['correct horse']])('sealed with %s', (passphrase) => {
  it('opens to the same bytes, whatever pieces they come in', async () => {
    for (const size of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
      const data = Buffer.alloc(size, 'abc');
      const sealed = await seal(data, passphrase);
      expect((await open(sealed, passphrase)).equals(data)).toBe(true);
      const thirds = of(sealed.subarray(0, 9), sealed.subarray(9, 70), sealed.subarray(70));
      expect((await all(openFrames(thirds, passphrase))).equals(data)).toBe(true);
      expect(sealed.includes('abcabcabc')).toBe(passphrase === null && size > 8);
    }
  });

  it('is refused with one bit flipped, cut, or longer', async () => {
    const sealed = await seal(Buffer.alloc(70_000, 'row\n'), passphrase);
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.nat(7), async (at, bit) => {
        const copy = Buffer.from(sealed);
        copy[at] = (copy[at] ?? 0) ^ (1 << bit);
        await expect(open(copy, passphrase)).rejects.toMatchObject(refused);
        await expect(open(sealed.subarray(0, at), passphrase)).rejects.toMatchObject(refused);
      }),
      {
        numRuns: passphrase === null ? 200 : 10,
        examples: [
          [0, 0],
          [19, 1],
          [30, 0],
          [sealed.length - 1, 7],
        ],
      },
    );
    await expect(open(Buffer.concat([sealed, Buffer.from('x')]), passphrase)).rejects.toMatchObject(refused);
  });

  it('is refused with frames left out or exchanged', async () => {
    const data = Buffer.concat(['a', 'b', 'c'].map((letter) => Buffer.alloc(65_536, letter)));
    const sealed = await seal(data, passphrase);
    const head = sealed.indexOf('}\n') + 2;
    const frame = 4 + 65_536 + (passphrase === null ? 32 : 16);
    const [start, one, two] = [
      sealed.subarray(0, head),
      sealed.subarray(head, head + frame),
      sealed.subarray(head + frame, head + 2 * frame),
    ];
    const rest = sealed.subarray(head + 2 * frame);
    for (const parts of [
      [start, two, rest],
      [start, two, one, rest],
      [start, one, one, two, rest],
      [start, rest],
    ]) {
      await expect(open(Buffer.concat(parts), passphrase)).rejects.toMatchObject(refused);
    }
  });
});

describe('a passphrase', () => {
  it('that is wrong, missing or not needed is told as such', async () => {
    const secret = await seal(Buffer.from('x'), 'correct horse');
    await expect(open(secret, 'wrong horse')).rejects.toThrow(/passphrase is wrong/);
    await expect(open(secret, null)).rejects.toMatchObject({ message: 'The backup is encrypted' });
    const plain = await seal(Buffer.from('x'), null);
    await expect(open(plain, 'correct horse')).rejects.toThrow(/not encrypted/);
    await expect(open(Buffer.from('hello\n\n'), null)).rejects.toThrow(/not a backup/);
  });
});
