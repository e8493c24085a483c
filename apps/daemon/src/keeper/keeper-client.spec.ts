// The client against keepers that are old, new, silent, frozen or wrong.
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { KeeperHello } from '@roundhouse/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectKeeper } from './keeper-client.js';
import { encodeFrame, FrameDecoder, type Frame } from './frames.js';
import { KeeperRig, Recorder } from './testing/keeper-rig.js';

const rig = new KeeperRig();
beforeAll(() => rig.installed());
afterAll(() => rig.dispose());

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const hello: KeeperHello = {
  proto: { min: 1, max: 1 },
  build: 'b',
  sessionId: 's',
  epoch: 1,
  pid: 1,
  startTime: 1,
  keeper: { pid: 1, startTime: 1 },
  state: 'running',
  oldest: 0,
  head: 0,
  cols: 80,
  rows: 24,
  degraded: false,
};

/** A keeper that does what the test says. */
async function fake(onConnect: (socket: Socket) => void, onFrame?: (frame: Frame, socket: Socket) => void) {
  const socketPath = join(rig.stateDir, `fake-${String(servers.length)}-${String(performance.now())}.sock`);
  const server = createServer((socket) => {
    const decoder = new FrameDecoder();
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => decoder.push(chunk).forEach((frame) => onFrame?.(frame, socket)));
    onConnect(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return { socketPath };
}

const connect = (socketPath: string, handlers = new Recorder().handlers) =>
  connectKeeper({ socketPath, generation: 1, handlers, timeoutMs: 200 });

describe('connectKeeper', () => {
  it('F:F7 speaks the highest version that both know', async () => {
    const versions: number[] = [];
    const newer = await fake(
      (socket) => socket.write(encodeFrame('HELLO', { ...hello, proto: { min: 1, max: 9 } })),
      (frame) => versions.push(frame.version),
    );
    const client = await connect(newer.socketPath);
    await expect(client.info()).rejects.toMatchObject({ code: 'KEEPER_UNREACHABLE' });
    expect([client.proto, versions]).toEqual([2, [2]]);
    client.dispose();
  });

  it('F:F7 refuses a keeper with no version in common, and says so', async () => {
    const future = await fake((socket) =>
      socket.write(encodeFrame('HELLO', { ...hello, proto: { min: 3, max: 4 } })),
    );
    await expect(connect(future.socketPath)).rejects.toMatchObject({
      code: 'PROTOCOL_MISMATCH',
      message: expect.stringContaining('versions 3 to 4'),
    });
  });

  it('gives up on one that is silent, gone, or not a keeper', async () => {
    const silent = await fake(() => undefined);
    await expect(connect(silent.socketPath)).rejects.toMatchObject({ code: 'KEEPER_UNREACHABLE' });
    await expect(connect(join(rig.stateDir, 'none.sock'))).rejects.toMatchObject({
      code: 'KEEPER_UNREACHABLE',
    });
    const web = await fake((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(connect(web.socketPath)).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' });
    const wrong = await fake((socket) => socket.write(encodeFrame('HELLO', { ...hello, epoch: 0 })));
    await expect(connect(wrong.socketPath)).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(
      connectKeeper(
        { socketPath: silent.socketPath, generation: 1, handlers: new Recorder().handlers },
        signal,
      ),
    ).rejects.toThrow('enough');
  });
});

describe('KeeperClient', () => {
  it('closes on bytes that do not follow, instead of passing them on', async () => {
    const heard = new Recorder();
    const skipping = await fake(
      (socket) => socket.write(encodeFrame('HELLO', hello)),
      (_frame, socket) =>
        socket.write(
          Buffer.concat([
            encodeFrame('OK', { id: 1 }),
            encodeFrame('DATA', { off: 0 }, Buffer.from('ab')),
            encodeFrame('DATA', { off: 3 }, Buffer.from('d')),
          ]),
        ),
    );
    const client = await connect(skipping.socketPath, heard.handlers);
    await client.attach(0);
    await heard.until(() => heard.closed.length > 0, 'closed');
    expect(heard.text).toBe('ab');
    expect(heard.closed[0]).toMatchObject({
      kind: 'lost',
      message: expect.stringContaining('bytes at 3, expected 2'),
    });
  });

  it('fails what waits when the keeper is frozen, and what comes when it is dead', async () => {
    const session = await rig.start('sleep 60');
    const heard = new Recorder();
    const client = await connectKeeper({
      ...session,
      generation: 1,
      handlers: heard.handlers,
      timeoutMs: 300,
    });
    await client.attach(0);
    process.kill(session.keeper.pid, 'SIGSTOP');
    await expect(client.input('a', 1, Buffer.from('x'))).rejects.toMatchObject({
      code: 'KEEPER_UNREACHABLE',
    });
    process.kill(session.keeper.pid, 'SIGKILL');
    await heard.until(() => heard.closed.length > 0, 'closed');
    expect(heard.closed[0]?.kind).toBe('lost');
    await expect(client.read(0, 1)).rejects.toMatchObject({ code: 'KEEPER_UNREACHABLE' });
  });

  it('says once that it was disposed', async () => {
    const session = await rig.start('sleep 60');
    const heard = new Recorder();
    const client = await rig.connect(session, heard);
    const waiting = client.info();
    client.dispose();
    client.dispose();
    await expect(waiting).rejects.toMatchObject({ code: 'KEEPER_UNREACHABLE' });
    expect(heard.closed).toEqual([{ kind: 'disposed', message: 'Closed by this daemon' }]);
  });
});
