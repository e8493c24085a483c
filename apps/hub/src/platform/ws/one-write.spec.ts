// What leaves in one turn leaves in one write.
import { describe, expect, it } from 'vitest';
import type { Socket } from 'socket.io';
import { OneWrite } from './one-write.js';

/** Engine.IO's part of it: what is written waits while the transport is not writable. */
function engine() {
  const log: string[] = [];
  const waiting: string[] = [];
  const line = {
    cork: () => log.push('cork'),
    uncork: () => log.push('uncork'),
  };
  const conn = {
    transport: { writable: true, socket: { _socket: line } },
    write(frame: string): void {
      waiting.push(frame);
      this.flush();
    },
    flush(): void {
      if (conn.transport.writable && waiting.length > 0) log.push(waiting.splice(0).join('+'));
    },
  };
  return { conn, log, socket: { conn } as unknown as Pick<Socket, 'conn'> };
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('OneWrite', () => {
  it('sends the frames of one turn together, in order', async () => {
    const { conn, log, socket } = engine();
    const one = new OneWrite(socket);
    one.hold();
    conn.write('head');
    conn.write('bytes');
    one.hold();
    conn.write('more');
    expect(log).toEqual([]);
    await nextTurn();
    expect(log).toEqual(['cork', 'head+bytes+more', 'uncork']);
    conn.write('next');
    expect(log.at(-1)).toBe('next');
  });

  it('leaves a transport alone that is busy, or that it does not know', async () => {
    const busy = engine();
    busy.conn.transport.writable = false;
    new OneWrite(busy.socket).hold();
    await nextTurn();
    expect(busy.log).toEqual([]);
    expect(busy.conn.transport.writable).toBe(false);
    const other = engine();
    Object.assign(other.conn.transport, { socket: undefined });
    new OneWrite(other.socket).hold();
    other.conn.write('at once');
    expect(other.log).toEqual(['at once']);
  });
});
