// Input: numbered, in order, one at a time; refused rather than kept.
import { inputChunkBytes } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { ApiError, type ApiErrorCode } from '../../lib/api-error.js';
import { InputSender } from './input-sender.js';

interface Piece {
  epoch: number;
  seq: number;
  data: Uint8Array;
}

/** A keeper that applies numbers once and in order, behind a link that can be told to fail. */
function setup() {
  const sent: Piece[] = [];
  const refused: string[] = [];
  const applied: string[] = [];
  const faults: ('lost' | 'unanswered' | ApiErrorCode)[] = [];
  const answers: (() => void)[] = [];
  let last = 0;
  const keeper = (piece: Piece): ApiError | null => {
    if (piece.seq <= last) return null;
    if (piece.seq > last + 1)
      return new ApiError('INPUT_GAP', { message: 'gap', details: { expected: last + 1 } });
    last = piece.seq;
    applied.push(new TextDecoder().decode(piece.data));
    return null;
  };
  const send = (piece: Piece): Promise<void> => {
    sent.push(piece);
    return new Promise((resolve, reject) => {
      answers.push(() => {
        const fault = faults.shift();
        if (fault === 'lost') return reject(new ApiError('OFFLINE', { message: 'cut' }));
        if (fault !== undefined && fault !== 'unanswered')
          return reject(new ApiError(fault, { message: fault }));
        const gap = keeper(piece);
        if (gap) return reject(gap);
        if (fault === 'unanswered') reject(new ApiError('OFFLINE', { message: 'cut' }));
        else resolve();
      });
    });
  };
  const progress: (number | null)[] = [];
  const sender = new InputSender(send, {
    paste: (now) => progress.push(now && now.done),
    refused: (error) => refused.push(error.code),
    echo: () => undefined,
    now: () => 0,
    wait: () => Promise.resolve(),
  });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 60; i += 1) {
      answers.shift()?.();
      await Promise.resolve();
    }
  };
  return { sender, sent, refused, applied, faults, progress, settle };
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const bracketed = (body: string) => ({ head: bytes('<'), body: bytes(body), tail: bytes('>') });
const gone = new ApiError('OFFLINE', { message: 'gone' });

describe('InputSender', () => {
  it('sends nothing before it is open', () => {
    const { sender, sent } = setup();
    expect(sender.type('x')).toBe(false);
    expect(sent).toEqual([]);
  });

  it('numbers from 1, one under way, what is typed meanwhile in the next', async () => {
    const { sender, sent, applied, settle } = setup();
    sender.open(1, true);
    for (const key of 'abc') expect(sender.type(key)).toBe(true);
    expect(sent).toHaveLength(1);
    await settle();
    expect(sent.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(applied).toEqual(['a', 'bc']);
  });

  it('cuts a large paste into chunks that the wire takes', async () => {
    const { sender, sent, applied, settle } = setup();
    sender.open(1, true);
    const text = 'x'.repeat(inputChunkBytes * 2 + 5);
    sender.type(text);
    await settle();
    expect(sent.map(({ data }) => data.byteLength)).toEqual([inputChunkBytes, inputChunkBytes, 5]);
    expect(applied.join('')).toBe(text);
  });

  it('drops what waited when the link goes, and says so', async () => {
    const { sender, applied, refused, faults, settle } = setup();
    sender.open(1, true);
    sender.type('a');
    sender.type('b');
    faults.push('lost');
    sender.close(gone);
    expect(sender.type('c')).toBe(false);
    await settle();
    expect(applied).toEqual([]);
    expect(refused).toEqual(['OFFLINE', 'OFFLINE']);
  });

  it.each(['lost', 'unanswered'] as const)(
    'F:F10 never repeats nor swallows input when the answer to a piece was %s',
    async (fault) => {
      const { sender, applied, faults, settle } = setup();
      sender.open(1, true);
      sender.type('one');
      faults.push(fault);
      await settle();
      sender.close(gone);
      sender.open(1, false);
      sender.type('two');
      await settle();
      sender.type('three');
      await settle();
      expect(applied).toEqual(fault === 'lost' ? ['two', 'three'] : ['one', 'two', 'three']);
    },
  );

  it('waits with a paste for an agent that is busy, and refuses a key then (R:D13)', async () => {
    const { sender, applied, refused, sent, faults, settle } = setup();
    sender.open(1, true);
    faults.push('INPUT_BUSY', 'INPUT_BUSY');
    sender.paste(bracketed('pasted'));
    await settle();
    expect([applied, refused]).toEqual([['<pasted>'], []]);
    expect(sent.map(({ seq }) => seq)).toEqual([1, 1, 1]);
    faults.push('INPUT_BUSY');
    sender.type('key');
    await settle();
    sender.type('next');
    await settle();
    expect([applied, refused]).toEqual([['<pasted>', 'next'], ['INPUT_BUSY']]);
    expect(sent.map(({ seq }) => seq)).toEqual([1, 1, 1, 2, 2]);
  });

  it('gives the number back when the hub refused before asking a keeper', async () => {
    const { sender, sent, refused, applied, faults, settle } = setup();
    sender.open(1, true);
    faults.push('NOT_CONTROLLER');
    sender.type('no');
    await settle();
    sender.type('yes');
    await settle();
    expect(refused).toEqual(['NOT_CONTROLLER']);
    expect(sent.map(({ seq }) => seq)).toEqual([1, 1]);
    expect(applied).toEqual(['yes']);
  });

  it('pastes in pieces with progress, in order with what is typed', async () => {
    const { sender, applied, progress, settle } = setup();
    sender.open(1, true);
    sender.type('before');
    expect(sender.paste(bracketed('é'.repeat(inputChunkBytes)))).toBe(true);
    expect(sender.paste(bracketed('another'))).toBe(false);
    sender.type('after');
    await settle();
    expect(applied.join('')).toBe(`before<${'é'.repeat(inputChunkBytes)}>after`);
    expect(progress[0]).toBe(0);
    expect(progress.slice(1, -1).every((done) => done !== null && done > 0)).toBe(true);
    expect(progress.at(-1)).toBeNull();
  });

  it('R:B10 closes the bracket of a paste that was cancelled, and of one that the link cut off', async () => {
    const { sender, applied, progress, faults, settle } = setup();
    const long = 'x'.repeat(3 * inputChunkBytes);
    sender.open(1, true);
    sender.paste(bracketed(long));
    sender.cancelPaste();
    sender.type('a');
    await settle();
    expect(applied.join('')).toMatch(/^<x+>a$/);
    expect(progress.at(-1)).toBeNull();
    applied.length = 0;
    sender.paste(bracketed(long));
    faults.push('lost');
    sender.close(gone);
    await settle();
    expect(applied).toEqual([]);
    sender.open(1, false);
    sender.type('b');
    await settle();
    expect(applied.join('')).toBe('>b');
  });

  it('begins again at 1 for a new epoch or a new viewer', async () => {
    const { sender, sent, settle } = setup();
    sender.open(1, true);
    sender.type('a');
    await settle();
    sender.open(2, false);
    sender.type('b');
    await settle();
    sender.open(2, true);
    sender.type('c');
    await settle();
    expect(sent.map(({ epoch, seq }) => [epoch, seq])).toEqual([
      [1, 1],
      [2, 1],
      [2, 1],
    ]);
  });
});
