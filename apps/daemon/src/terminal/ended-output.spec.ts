// Output of an epoch whose keeper is gone, from its files: what is there, what is missing, and the end.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@roundhouse/kit';
import { linkWindowBytes, outputChunkBytes, sessionIdSchema } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { segmentName } from '../keeper/spool-reader.js';
import { EndedStream } from './ended-stream.js';
import { endedInfo, readEnded } from './output-source.js';

const size = { cols: 80, rows: 24 };
const unknown = { exitCode: null, signal: null };

describe('ended output', () => {
  let dir = '';
  const segment = (start: number, bytes: Buffer): void => {
    writeFileSync(join(dir, 'spool', segmentName(start)), bytes);
  };
  const exit = (off: number): void => {
    const text = JSON.stringify({ exitCode: 0, signal: null, off, endedAt: '2026-01-01T00:00:00.000Z' });
    writeFileSync(join(dir, 'exit.json'), text);
  };
  const stream = (from: number, head: number) => {
    const events: string[] = [];
    const sink = {
      output: ({ offset, data }: { offset: number; data: Buffer }) =>
        events.push(`${String(offset)}+${String(data.length)}`),
      gap: ({ from: a, to }: { from: number; to: number }) => events.push(`gap ${String(a)}-${String(to)}`),
      resized: () => events.push('resized'),
      exit: ({ offset }: { offset: number }) => events.push(`exit ${String(offset)}`),
    };
    const sessionId = sessionIdSchema.parse(newId());
    return { events, stream: new EndedStream({ dir, sessionId, epoch: 1, from, head, exit: unknown, sink }) };
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'rh-ended-'));
    mkdirSync(join(dir, 'spool'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('knows what is kept, and that bytes which only memory had are gone', async () => {
    expect(await endedInfo(dir, 1, { size, exit: unknown })).toEqual({
      epoch: 1,
      oldest: 0,
      head: 0,
      resizes: [{ offset: 0, ...size }],
      exit: unknown,
    });
    exit(50);
    expect(await endedInfo(dir, 1, { size, exit: unknown })).toMatchObject({ oldest: 50, head: 50 });
    segment(10, Buffer.alloc(30));
    expect(await endedInfo(dir, 1, { size, exit: unknown })).toMatchObject({
      oldest: 10,
      head: 50,
      exit: { exitCode: 0 },
    });
    expect(await readEnded(dir, 0, 5)).toEqual({ offset: 10, data: Buffer.alloc(5) });
    expect(await readEnded(dir, 40, 5)).toEqual({ offset: 50, data: Buffer.alloc(0) });
    expect(await readEnded(dir, 50, 5)).toEqual({ offset: 50, data: Buffer.alloc(0) });
  });

  it('streams pieces, gaps and the exit, and no more than the window', async () => {
    segment(10, Buffer.alloc(20));
    segment(40, Buffer.alloc(linkWindowBytes + outputChunkBytes));
    const head = 40 + linkWindowBytes + outputChunkBytes + 7;
    const { events, stream: ended } = stream(0, head);
    await ended.pump();
    expect(events.slice(0, 4)).toEqual(['gap 0-10', '10+20', 'gap 30-40', `40+${String(outputChunkBytes)}`]);
    expect(events).toHaveLength(3 + linkWindowBytes / outputChunkBytes);
    await ended.ack(Number.MAX_SAFE_INTEGER);
    expect(events.slice(-2)).toEqual([`gap ${String(head - 7)}-${String(head)}`, `exit ${String(head)}`]);
    await ended.ack(head);
    expect(events.filter((event) => event.startsWith('exit'))).toHaveLength(1);
  });

  it('says nothing any more once it is disposed of', async () => {
    segment(0, Buffer.alloc(20));
    const { events, stream: ended } = stream(0, 20);
    const pumping = ended.pump();
    ended.dispose();
    await pumping;
    expect(events).toEqual([]);
  });
});
