import { newId } from '@roundhouse/kit';
import { inputChunkBytes, uploadMaxBytes } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { TerminalRig } from './testing/terminal-rig.js';

describe('more history', () => {
  it('is a screen with more lines, after the answer; the stream goes on at its byte', async () => {
    const rig = new TerminalRig();
    rig.host.drawing = { lag: 40, bytes: 5_000 };
    rig.host.write(1_000);
    const browser = await rig.watch();
    const request = { sessionId: rig.sessionId, lines: 3_000 };
    expect(await rig.requests.history(request, browser)).toEqual({ lines: 3_000, kept: 5_000 });
    expect(browser.screens).toBe(0);
    await rig.settle();
    expect(browser).toMatchObject({ screens: 1, received: 1_040, next: 1_000, faults: [] });
  });

  it('repeats the end of an ended session after the screen', async () => {
    const rig = new TerminalRig({ state: 'exited' });
    rig.host.drawing = { lag: 0, bytes: 5_000 };
    rig.host.write(1_000);
    rig.host.exit({ exitCode: 0, signal: null });
    const browser = await rig.watch();
    await rig.requests.history({ sessionId: rig.sessionId, lines: 10 }, browser);
    await rig.settle();
    expect(browser.names.slice(-2)).toEqual(['session.snapshot', 'session.exit']);
    expect(browser).toMatchObject({ exit: 1_000, faults: [] });
  });

  it('comes one at a time, to those attached, and says why it does not', async () => {
    const rig = new TerminalRig();
    const request = { sessionId: rig.sessionId, lines: 10 };
    await expect(rig.requests.history(request, rig.browser())).rejects.toMatchObject({
      code: 'NOT_ATTACHED',
    });
    const browser = await rig.watch();
    const first = rig.requests.history(request, browser);
    await expect(rig.requests.history(request, browser)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await expect(first).rejects.toMatchObject({ code: 'NOT_FOUND' });
    rig.disconnect();
    await expect(rig.requests.history(request, browser)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
  });
});

describe('digests of the screen', () => {
  it('come from the host, for this life and what was printed', async () => {
    const rig = new TerminalRig();
    rig.host.write(100);
    const browser = await rig.watch();
    const ask = (epoch: number, atLeast: number) =>
      rig.requests.grid({ sessionId: rig.sessionId, epoch, atLeast }, browser);
    expect(await ask(1, 100)).toMatchObject({ epoch: 1, offset: 100 });
    await expect(ask(2, 0)).rejects.toMatchObject({ code: 'STALE_EPOCH' });
    await expect(ask(1, 101)).rejects.toMatchObject({ code: 'OFFSET_INVALID' });
  });
});

describe('files', () => {
  const piece = (rig: TerminalRig, offset: number) => ({
    ...{ sessionId: rig.sessionId, uploadId: newId(), name: 'a.png', size: uploadMaxBytes, offset },
    data: new Uint8Array(inputChunkBytes),
  });

  it('go to the host of a session that runs, from whoever is attached', async () => {
    const rig = new TerminalRig();
    await expect(rig.requests.upload(piece(rig, 0), rig.browser())).rejects.toMatchObject({
      code: 'NOT_ATTACHED',
    });
    await rig.watch('bob');
    const browser = await rig.watch('ada');
    expect(await rig.requests.upload(piece(rig, 0), browser)).toEqual({
      received: inputChunkBytes,
      path: null,
    });
    rig.host.exit({ exitCode: 0, signal: null });
    await rig.settle();
    await expect(rig.requests.upload(piece(rig, 0), browser)).rejects.toMatchObject({
      code: 'SESSION_NOT_RUNNING',
    });
  });

  it('are bounded in bytes for each socket', async () => {
    const rig = new TerminalRig();
    const browser = await rig.watch();
    const most = (2 * uploadMaxBytes) / inputChunkBytes;
    for (let count = 0; count < most; count += 1) await rig.requests.upload(piece(rig, 0), browser);
    await expect(rig.requests.upload(piece(rig, 0), browser)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    rig.clock.advance(1_000);
    await rig.requests.upload(piece(rig, 0), browser);
  });
});
