// What is typed goes to the daemon as Socket.IO would send it, and its acknowledgement comes back here.
import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';
import { encodeOutput } from '@roundhouse/kit';
import type { Socket } from 'socket.io';
import * as msgpackParser from 'socket.io-msgpack-parser';
import { describe, expect, it } from 'vitest';
import { InputLine } from './input-line.js';

interface Packet {
  readonly type: number;
  readonly nsp: string;
  readonly id?: number;
  readonly data: unknown[];
}

function decode(bytes: Buffer): Packet {
  const packets: Packet[] = [];
  const decoder = new msgpackParser.Decoder();
  decoder.on('decoded', (packet: Packet) => packets.push(packet));
  decoder.add(bytes);
  const [packet] = packets;
  if (!packet) throw new Error('nothing was decoded');
  return packet;
}

function encode(packet: Packet): Buffer {
  const [bytes] = new msgpackParser.Encoder().encode(packet) as unknown as Buffer[];
  return Buffer.from(bytes ?? []);
}

function rig() {
  const sent: Buffer[] = [];
  const socket = Object.assign(new EventEmitter(), {
    disconnected: false,
    conn: { write: (data: Buffer) => sent.push(data) },
  });
  const line = new InputLine(socket as unknown as Socket);
  const idOf = (at: number): number => decode(sent[at] ?? Buffer.alloc(0)).id ?? 0;
  return { sent, socket, line, idOf };
}

const input = {
  ...{
    sessionId: randomUUID(),
    epoch: 2,
    client: 'user.viewer',
    seq: 3,
    data: Buffer.from('k'),
    sentMs: 4.5,
  },
};

describe('InputLine', () => {
  it('sends what the parser of a daemon reads as an event that wants an acknowledgement', () => {
    const { sent, line } = rig();
    void line.send(input, 1_000).catch(() => undefined);
    expect(decode(sent[0] ?? Buffer.alloc(0))).toEqual({
      ...{ type: 2, nsp: '/daemon', id: expect.any(Number), data: ['terminal.input', input] },
    });
  });

  it('gives each acknowledgement to its own', async () => {
    const { line, idOf } = rig();
    const both = [line.send(input, 1_000), line.send({ ...input, seq: 4 }, 1_000)];
    for (const at of [1, 0])
      line.read(encode({ type: 3, nsp: '/daemon', id: idOf(at), data: [`answer ${String(at)}`] }))?.();
    expect(await Promise.all(both)).toEqual(['answer 0', 'answer 1']);
  });

  it('leaves to Socket.IO what is not for it', () => {
    const { line, idOf } = rig();
    void line.send(input, 1_000).catch(() => undefined);
    const others = [
      encode({ type: 3, nsp: '/daemon', id: 5, data: [{}] }),
      encode({ type: 2, nsp: '/daemon', id: idOf(0), data: ['status', {}] }),
      encodeOutput({ ...input, offset: 0 }),
      encode({ type: 3, nsp: '/daemon', id: idOf(0), data: [{}] }).subarray(0, 12),
      'text',
    ];
    expect(others.map((each) => line.read(each)).every((each) => each === null)).toBe(true);
  });

  it('says when the answer does not come, and when the link breaks first', async () => {
    const { socket, line } = rig();
    await expect(line.send(input, 1)).rejects.toMatchObject({ code: 'TIMEOUT' });
    const broken = expect(line.send(input, 1_000)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    socket.disconnected = true;
    socket.emit('disconnect');
    await broken;
    await expect(line.send(input, 1_000)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
  });
});
