// What a terminal prints leaves in the frames that Socket.IO would send, after what was sent before it.
import { describe, expect, it } from 'vitest';
import type { Socket } from 'socket.io';
import { OutputLine } from './output-line.js';

function rig() {
  const log: unknown[] = [];
  const raw = {
    readyState: 1,
    _socket: { cork: () => log.push('cork'), uncork: () => log.push('uncork') },
    send: (data: string | Uint8Array) => log.push(data),
  };
  const conn = { readyState: 'open', writeBuffer: [] as unknown[], transport: { socket: raw } };
  const line = new OutputLine({ conn, nsp: { name: '/ui' } } as unknown as Pick<Socket, 'conn' | 'nsp'>);
  return { log, raw, conn, line };
}

const output = (offset: number) => ({ sessionId: 'a', epoch: 1, offset, data: new Uint8Array([offset]) });
const headOf = (offset: number) =>
  `451-/ui,["session.output",{"sessionId":"a","epoch":1,"offset":${String(offset)},"data":{"_placeholder":true,"num":0}}]`;

describe('OutputLine', () => {
  it('writes the two frames of Socket.IO, those of one turn together', async () => {
    const { log, line } = rig();
    expect(line.send('session.output', output(1))).toBe(true);
    expect(line.send('session.output', output(2))).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    const frames = [headOf(1), new Uint8Array([1]), headOf(2), new Uint8Array([2])];
    expect(log).toEqual(['cork', ...frames, 'uncork']);
  });

  it('leaves it to Socket.IO when something waits there, or the line is not open', () => {
    const { log, raw, conn, line } = rig();
    conn.writeBuffer.push('earlier');
    expect(line.send('session.output', output(1))).toBe(false);
    conn.writeBuffer.pop();
    raw.readyState = 2;
    expect(line.send('session.output', output(1))).toBe(false);
    Object.assign(raw, { readyState: 1, _socket: null });
    expect(line.send('session.output', output(1))).toBe(false);
    Object.assign(conn, { transport: {} });
    expect(line.send('session.output', output(1))).toBe(false);
    expect(log).toEqual([]);
  });
});
