// Who may be connected to a keeper at once: one writer, with or without a stream, and readers; of both versions.
import { writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeHead, FrameDecoder, type Frame } from './frames.js';
import { eventually, KeeperRig, Recorder, sha256 } from './testing/keeper-rig.js';

const rig = new KeeperRig();
beforeAll(() => rig.installed());
afterAll(() => rig.dispose());

const flood = Buffer.from(Array.from({ length: 40_000 }, (_, n) => `${String(n)} →→→\r\n`).join(''));
const floodFile = (): string => {
  const path = join(rig.stateDir, 'flood.txt');
  writeFileSync(path, flood);
  return path;
};

describe('readers', () => {
  it('stream side by side with the writer, each at its own pace, and claim nothing', async () => {
    const session = await rig.start(
      `stty raw -echo; printf A; head -c 1 >/dev/null; cat ${floodFile()}; exit 4`,
    );
    const [writer, quick, slow] = [new Recorder(), new Recorder(), new Recorder()];
    const client = await rig.connect(session, writer);
    await client.attach(0);
    slow.acks = false;
    await (await rig.connectReader(session, quick)).attachAsReader(0);
    const lazy = await rig.connectReader(session, slow);
    await lazy.attachAsReader(0, 64 * 1024);
    await quick.until(() => quick.bytes === 1, 'A');
    await client.resize(90, 30);
    await client.input('a', 1, Buffer.from('x'));
    await Promise.all([writer.untilExit(), quick.untilExit()]);
    const all = sha256(Buffer.concat([Buffer.from('A'), flood]));
    expect([writer.sha256, quick.sha256]).toEqual([all, all]);
    expect(quick.exit).toMatchObject({ exitCode: 4, off: flood.length + 1 });
    expect(quick.resizes).toEqual(writer.resizes);
    expect(quick.resizes).toContainEqual({ off: 1, cols: 90, rows: 30 });
    expect(slow.bytes).toBe(64 * 1024);
    slow.acks = true;
    lazy.ack(slow.off);
    await slow.untilExit();
    expect([slow.sha256, slow.events.at(-1)]).toEqual([all, quick.events.at(-1)]);
    expect([...writer.closed, ...quick.closed, ...slow.closed]).toEqual([]);
  });

  it('can neither type, resize nor signal', async () => {
    const session = await rig.start('sleep 60');
    const heard = new Recorder();
    const reader = await rig.connectReader(session, heard);
    await reader.attachAsReader(0);
    await expect(reader.resize(90, 30)).rejects.toMatchObject({ code: 'NOT_ATTACHED' });
    await expect(reader.signal('SIGKILL')).rejects.toMatchObject({ code: 'NOT_ATTACHED' });
    await expect(reader.forget()).rejects.toMatchObject({ code: 'NOT_ATTACHED' });
    await expect(reader.attach(0)).rejects.toMatchObject({ code: 'NOT_ATTACHED' });
    await expect(reader.input('a', 1, Buffer.from('x'))).rejects.toMatchObject({
      code: 'KEEPER_UNREACHABLE',
    });
    expect((await (await rig.connect(session, new Recorder())).info()).cols).toBe(80);
  });

  it('R:D10 get a typed error for an offset beyond the head or no offset at all', async () => {
    const session = await rig.start('printf 0123456789; sleep 60');
    const reader = await rig.connectReader(session, new Recorder());
    await eventually(async () => (await reader.info()).head === 10, 'output');
    const writer = await rig.connect(session, new Recorder());
    await expect(reader.attachAsReader(11)).rejects.toMatchObject({ code: 'OFFSET_INVALID' });
    await expect(writer.attach(11)).rejects.toMatchObject({ code: 'OFFSET_INVALID' });
    for (const wrong of [-1, Number.NaN, 2 ** 53 + 2, 1.5]) {
      await expect(reader.attachAsReader(wrong)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
      await expect(writer.attach(wrong)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
      await expect(reader.read(wrong, 1)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    }
    expect(await reader.read(2 ** 53 - 1, 1)).toMatchObject({ head: 10, bytes: Buffer.alloc(0) });
    await reader.attachAsReader(10);
  });
});

describe('a writer without a stream', () => {
  it('types, hears of the exit at once, and gets no byte of a flood', async () => {
    const print = `stty raw -echo; printf r; head -c 1 >/dev/null; cat ${floodFile()}; exit 6`;
    const session = await rig.start(print);
    const heard = new Recorder();
    const client = await rig.connect(session, heard);
    await client.claim();
    await eventually(async () => (await client.info()).head === 1, 'it echoes nothing any more');
    await client.input('a', 1, Buffer.from('x'));
    await heard.until(() => heard.events.length > 0, 'exited');
    expect(heard.events).toEqual([`exited ${String(1 + flood.length)}`]);
    // Who comes later hears it as well, and may still have the bytes.
    const next = new Recorder();
    const later = await rig.connect(session, next, 2);
    await later.claim();
    await next.until(() => next.events.length > 0, 'exited');
    await later.attach(0);
    await next.untilExit();
    expect(next.sha256).toBe(sha256(Buffer.concat([Buffer.from('r'), flood])));
    expect(heard.closed).toMatchObject([{ kind: 'fenced' }]);
  });

  it('goes back and forth between stream and none', async () => {
    const session = await rig.start('stty raw -echo; printf ready; exec cat');
    const heard = new Recorder();
    const client = await rig.connect(session, heard);
    await client.attach(0);
    await heard.until(() => heard.text === 'ready', 'ready');
    await client.claim();
    await client.input('a', 1, Buffer.from('unheard'));
    await eventually(async () => (await client.info()).head === 12, 'echo');
    expect(heard.text).toBe('ready');
    await client.attach(heard.off);
    await heard.until(() => heard.text === 'readyunheard', 'the rest');
    const older = await rig.connect(session, new Recorder(), 0);
    await expect(older.claim()).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('versions', () => {
  it('F:F7 a keeper of version 1 has readers too: they ask instead of being sent to', async () => {
    const old = await rig.installedOld();
    const session = await rig.start(
      `stty raw -echo; printf A; head -c 1 >/dev/null; cat ${floodFile()}; exit 4`,
      {},
      old,
    );
    const [writer, reader] = [new Recorder(), new Recorder()];
    const client = await rig.connect(session, writer);
    expect([client.proto, client.hello.proto.max]).toEqual([1, 1]);
    await client.attach(0);
    const second = await rig.connectReader(session, reader);
    await expect(second.attachAsReader(2)).rejects.toMatchObject({ code: 'OFFSET_INVALID' });
    await second.attachAsReader(0, 100_000);
    await reader.until(() => reader.bytes === 1, 'A');
    await client.resize(90, 30);
    await client.input('a', 1, Buffer.from('x'));
    await Promise.all([writer.untilExit(), reader.untilExit()]);
    expect(reader.sha256).toBe(sha256(Buffer.concat([Buffer.from('A'), flood])));
    expect(reader.resizes).toEqual(writer.resizes);
    expect(reader.exit).toEqual(writer.exit);
    expect(reader.events.at(-1)).toBe(`exit ${String(flood.length + 1)}`);
  });

  it('F:F7 a daemon of version 1 hears nothing that it does not know', async () => {
    const session = await rig.start('head -n 1; exit 3');
    const socket = createConnection(session.socketPath);
    const decoder = new FrameDecoder();
    const frames: Frame[] = [];
    socket.on('data', (chunk) => frames.push(...decoder.push(chunk)));
    const version = 1;
    socket.write(
      encodeHead('ATTACH', { id: 1, from: 0, window: 1_000, generation: 1 }, { bodyLength: 0, version }),
    );
    await eventually(() => frames.some(({ name }) => name === 'RESIZED'), 'attached');
    socket.write(encodeHead('INPUT', { client: 'a', seq: 1 }, { bodyLength: 1, version }));
    socket.write('\n');
    await eventually(() => frames.some(({ name }) => name === 'EXIT'), 'exit');
    expect(new Set(frames.map((frame) => frame.version))).toEqual(new Set([1]));
    expect(frames.map(({ name }) => name)).not.toContain('EXITED');
    expect(frames.at(0)).toMatchObject({ name: 'HELLO', header: { proto: { min: 1, max: 2 } } });
    socket.destroy();
  });
});
