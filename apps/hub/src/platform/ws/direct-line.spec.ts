// What is sent most leaves in the frames that Socket.IO would send, after what was sent before it.
import { describe, expect, it } from 'vitest';
import type { Socket } from 'socket.io';
import { DirectLine } from './direct-line.js';

function rig() {
  const log: unknown[] = [];
  const raw = {
    readyState: 1,
    _socket: {
      writableLength: 0,
      write: (data: Uint8Array) => log.push(data),
      cork: () => log.push('cork'),
      uncork: () => log.push('uncork'),
    },
    send: (data: string | Uint8Array) => log.push(data),
  };
  const conn = {
    ...{ readyState: 'open', writeBuffer: [] as unknown[], transport: { socket: raw } },
    write: (data: string) => log.push(`later ${data}`),
  };
  const line = new DirectLine({ conn, nsp: { name: '/ui' } } as unknown as Pick<Socket, 'conn' | 'nsp'>);
  return { log, raw, conn, line };
}

/** Not ASCII, which would be text. */
const bytesOf = (offset: number): Uint8Array => new Uint8Array([0xe2, 0x82, 0xac, offset]);
const output = (offset: number) => ({ sessionId: 'a', epoch: 1, offset, data: bytesOf(offset) });
const headOf = (offset: number) =>
  `451-/ui,["session.output",{"sessionId":"a","epoch":1,"offset":${String(offset)},"data":{"_placeholder":true,"num":0}}]`;

/** The text messages of unmasked frames. */
function messagesIn(frames: Buffer): string[] {
  const messages: string[] = [];
  let at = 0;
  while (at < frames.length) {
    expect(frames[at]).toBe(0x81);
    const short = frames[at + 1] ?? 0;
    const [length, head] =
      short < 126
        ? [short, 2]
        : short === 126
          ? [frames.readUInt16BE(at + 2), 4]
          : [Number(frames.readBigUInt64BE(at + 2)), 10];
    messages.push(frames.toString('utf8', at + head, at + head + length));
    at += head + length;
  }
  return messages;
}

describe('DirectLine', () => {
  it('writes the two frames of Socket.IO, those of one turn together', async () => {
    const { log, line } = rig();
    expect(line.output('session.output', output(1))).toBe(true);
    expect(line.output('session.output', output(2))).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    const frames = [headOf(1), bytesOf(1), headOf(2), bytesOf(2)];
    expect(log).toEqual(['cork', ...frames, 'uncork']);
  });

  it('holds what follows a write at once for a moment, unless it is much', async () => {
    const { log, raw, line } = rig();
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    line.output('session.output', output(1));
    await turn();
    log.length = 0;
    line.output('session.output', output(2));
    raw._socket.writableLength = 20_000;
    line.output('session.output', output(3));
    line.output('session.output', output(4));
    await turn();
    expect(log.filter((each) => each === 'cork' || each === 'uncork')).toEqual(['cork', 'uncork']);
    line.output('session.output', output(5));
    await expect.poll(() => log.at(-1)).toBe('uncork');
    expect(log.filter((each) => each instanceof Uint8Array)).toHaveLength(4);
  });

  it('leaves it to Socket.IO when something waits there, or the line is not open', () => {
    const { log, raw, conn, line } = rig();
    conn.writeBuffer.push('earlier');
    expect(line.output('session.output', output(1))).toBe(false);
    conn.writeBuffer.pop();
    raw.readyState = 2;
    expect(line.output('session.output', output(1))).toBe(false);
    Object.assign(raw, { readyState: 1, _socket: null });
    expect(line.output('session.output', output(1))).toBe(false);
    Object.assign(conn, { transport: {} });
    expect(line.output('session.output', output(1))).toBe(false);
    expect(log).toEqual([]);
  });

  it('writes an echo as text within its event, which is one frame', () => {
    const { log, line } = rig();
    const echo = { sessionId: 'a', epoch: 1, offset: 7, data: Buffer.from('\u001b[0m"q"\r') };
    expect(line.output('session.output', echo)).toBe(true);
    const text = String(log[1]);
    expect(text.startsWith('42/ui,["session.output",')).toBe(true);
    expect(JSON.parse(text.slice('42/ui,'.length))).toEqual([
      'session.output',
      { ...echo, data: '\u001b[0m"q"\r' },
    ]);
    log.length = 0;
    line.output('session.output', { ...echo, data: Buffer.alloc(65, 'x') });
    expect(log).toHaveLength(2);
  });

  it('writes many plain events in one piece, framed once for all sockets', () => {
    const [one, two] = [rig(), rig()];
    const payloads = [{ id: 'a' }, { id: 'b'.repeat(200) }, { id: 'c'.repeat(70_000) }];
    for (const { line } of [one, two]) expect(line.tellAll('entity.changed', payloads)).toBe(true);
    expect(two.log[1]).toBe(one.log[1]);
    const messages = messagesIn(one.log[1] as Buffer);
    expect(messages).toEqual(payloads.map((each) => `42/ui,["entity.changed",${JSON.stringify(each)}]`));
  });

  it('answers an event by its number, behind what waits', () => {
    const { log, conn, line } = rig();
    line.answer(17, { ok: true, data: {} });
    expect(log).toEqual(['cork', '43/ui,17[{"ok":true,"data":{}}]']);
    conn.writeBuffer.push('earlier');
    line.answer(18, { ok: true, data: {} });
    expect(log.at(-1)).toBe('later 3/ui,18[{"ok":true,"data":{}}]');
  });

  it('writes no plain event past what waits in Engine.IO', () => {
    const { log, conn, line } = rig();
    conn.writeBuffer.push('earlier');
    expect(line.tellAll('entity.changed', [{}])).toBe(false);
    expect(log).toEqual([]);
  });
});
