// Files go in pieces, in order; what is typed is their quoted path; what cannot be sent is said before anything is.
import { inputChunkBytes, sessionIdSchema, uploadMaxBytes } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../lib/api-error.js';
import { Uploads, type UploadsOptions } from './uploads.js';

const sessionId = sessionIdSchema.parse('00000000-0000-4000-8000-000000000001');

function setup(answer: (call: number) => Error | null = () => null) {
  const pieces: { name: string; offset: number; size: number; uploadId: string; data: Uint8Array }[] = [];
  const typed: string[] = [];
  const link = {
    request: (_: string, piece: (typeof pieces)[number], { signal }: { signal: AbortSignal }) => {
      if (signal.aborted) return Promise.reject(new ApiError('ABORTED', { message: 'aborted' }));
      pieces.push(piece);
      const error = answer(pieces.length);
      if (error) return Promise.reject(error);
      const received = piece.offset + piece.data.byteLength;
      return Promise.resolve({ received, path: received === piece.size ? `/tmp/in/${piece.name}` : null });
    },
  } as unknown as UploadsOptions['link'];
  const uploads = new Uploads({ sessionId, link, type: (text) => typed.push(text) > 0 });
  return { uploads, pieces, typed };
}
const file = (name: string, size: number): File => new File([new Uint8Array(size).fill(7)], name);

describe('Uploads', () => {
  it('sends pieces in order and types the quoted paths once all are there', async () => {
    const { uploads, pieces, typed } = setup();
    await uploads.send([file("it's one.png", inputChunkBytes + 5), file('two.txt', 3)]);
    expect(pieces.map(({ offset, data }) => [offset, data.byteLength])).toEqual([
      [0, inputChunkBytes],
      [inputChunkBytes, 5],
      [0, 3],
    ]);
    expect(new Set(pieces.map(({ uploadId }) => uploadId)).size).toBe(2);
    expect(typed).toEqual(["'/tmp/in/it'\\''s one.png' /tmp/in/two.txt "]);
    expect(uploads.now.get()).toBeNull();
  });

  it.each([
    ['too large', [file('big', uploadMaxBytes + 1)]],
    ['empty', [file('none', 0)]],
    ['too many', Array.from({ length: 11 }, (_, n) => file(`f${n}`, 1))],
  ])('refuses what is %s before it sends anything', async (_, files) => {
    const { uploads, pieces, typed } = setup();
    await uploads.send(files);
    expect([pieces.length, typed.length]).toEqual([0, 0]);
    expect(uploads.failed.get()?.message).toBeTruthy();
    uploads.dismiss();
    expect(uploads.failed.get()).toBeNull();
  });

  it('types nothing when a piece fails, and says why', async () => {
    const { uploads, typed } = setup((call) =>
      call === 2 ? new ApiError('OFFLINE', { message: 'gone' }) : null,
    );
    await uploads.send([file('a', 3 * inputChunkBytes)]);
    expect(typed).toEqual([]);
    expect(uploads.failed.get()?.code).toBe('OFFLINE');
  });

  it('stops without a word when it is cancelled', async () => {
    const { uploads, typed } = setup((call) => {
      if (call === 2) uploads.cancel();
      return null;
    });
    await uploads.send([file('a', 9 * inputChunkBytes)]);
    expect([typed, uploads.failed.get(), uploads.now.get()]).toEqual([[], null, null]);
  });
});
