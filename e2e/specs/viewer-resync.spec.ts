// Viewers that come late or fall behind: a screen of the host instead of bytes, and what they ask of the host besides.
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { viewerWindowBytes } from '@roundhouse/protocol';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { Screen } from '../stack/screen.js';
import { Stack } from '../stack/stack.js';
import { Refused, type UiSocket } from '../stack/ui-socket.js';
import { Viewer } from '../stack/viewer.js';
import { until } from '../stack/wait.js';

test.describe.configure({ mode: 'serial' });

let stack: Stack;
let daemon: DaemonProcess;
let project: string;

test.beforeAll(async () => {
  stack = await Stack.start();
  daemon = await stack.addDaemon('one');
  project = makeRepository(daemon.root, 'engine');
  await stack.rescan(daemon);
});
test.afterAll(() => stack.stop());

/** Coloured lines of 75 bytes, and a word that the shell does not echo. */
const print = (lines: number, word: string): string =>
  `for i in $(seq ${lines}); do printf '\\e[3%dm%06d\\e[0m %s\\n' $((i % 8)) $i 'the quick brown fox jumps over the lazy dog 漢字 0123'; done; echo ${word}-$((40+2))\r`;

/** The host draws what was printed in its own time, which one request does not wait for; until then its screens are of earlier bytes. */
async function drawn(ui: UiSocket, { sessionId, epoch, offset }: Viewer): Promise<void> {
  const isDrawn = () =>
    ui.request('session.grid', { sessionId, epoch, atLeast: offset }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Refused && error.code === 'TIMEOUT') return false;
        throw error;
      },
    );
  await until(isDrawn, { what: 'the host has drawn what was printed', timeoutMs: 40_000 });
}

/** Waits until the host has drawn what the viewer has, and compares. */
async function sameAsHost(ui: UiSocket, viewer: Viewer): Promise<void> {
  const { sessionId, epoch } = viewer;
  const host = await until(
    async () => {
      const atLeast = viewer.offset;
      const grid = await ui.request('session.grid', { sessionId, epoch, atLeast });
      return grid.offset === viewer.offset && grid;
    },
    { what: 'the host has drawn what the viewer has' },
  );
  const { digests, cursorX, cursorY, alternate } = host;
  expect(await viewer.screen.grid()).toEqual({ digests, cursorX, cursorY, alternate });
}

test('who comes late gets the screen and what follows; more history and digests come from the host', async () => {
  const session = await stack.running(daemon, { project });
  const ui = await stack.ui();
  const typist = await Viewer.attach(ui, session.id);
  await typist.type(print(20_000, 'printed'));
  await typist.sees('printed-42', { timeoutMs: 40_000 });
  expect(typist.offset).toBeGreaterThan(1_000_000);
  await drawn(ui, typist);
  const page = await stack.ui();
  const late = await Viewer.attach(page, session.id, { screen: new Screen(100, 30) });
  await until(() => late.snapshots.length > 0 && late.offset === typist.offset, { what: 'the screen' });
  expect(late.snapshots).toHaveLength(1);
  expect(late.snapshots[0]?.bytes).toBeLessThan(300_000);
  await sameAsHost(page, late);
  const history = await page.request('session.history', { sessionId: session.id, lines: 5_000 });
  expect(history.lines).toBe(5_000);
  expect(history.kept).toBeGreaterThanOrEqual(5_000);
  await until(() => late.snapshots.length === 2, { what: 'the history' });
  expect(late.snapshots[1]?.bytes).toBeGreaterThan(300_000);
  await typist.type('echo after-$((40+2))\r');
  await typist.sees('after-42');
  await until(() => late.offset === typist.offset, { what: 'the stream goes on' });
  await sameAsHost(page, late);
  const exact = await stack.view(session.id, { prefer: 'exact' });
  await until(() => exact.offset === typist.offset, { what: 'every byte' });
  expect(exact.sha256).toBe(typist.sha256);
  expect([...typist.faults, ...late.faults, ...exact.faults]).toEqual([]);
});

test('who stalls in a flood is cut, and live again within half a second with less than 1 MB', async () => {
  const session = await stack.running(daemon, { project });
  const typist = await stack.view(session.id, { prefer: 'exact' });
  const ui = await stack.ui();
  const stalled = await Viewer.attach(ui, session.id, { prefer: 'screen', deaf: true });
  await typist.type('yes "$(seq -s" " 200)" | head -c 30000000; echo flooded-$((40+2))\r');
  await typist.sees('flooded-42', { timeoutMs: 40_000 });
  await drawn(ui, typist);
  expect(stalled.offset).toBeLessThanOrEqual(viewerWindowBytes);
  const from = performance.now();
  let bytes = 0;
  ui.on('session.output', ({ data }) => (bytes += Buffer.from(data).length));
  ui.on('session.snapshot', ({ data }) => (bytes += data.byteLength));
  const { sessionId, epoch } = stalled;
  ui.socket.emit('session.ack', { sessionId, epoch, offset: stalled.offset });
  await until(() => stalled.offset >= typist.offset, { what: 'the viewer is live again' });
  expect(performance.now() - from).toBeLessThan(500);
  expect(bytes).toBeLessThan(1_000_000);
  expect(stalled.snapshots).toHaveLength(1);
  expect([...typist.faults, ...stalled.faults]).toEqual([]);
});

test('the last lines of a screen reach those who watch them; a pasted file reaches the host', async () => {
  const session = await stack.running(daemon, { project });
  const ui = await stack.ui();
  const previews: { lines: { text: string }[][] }[] = [];
  ui.on('session.preview', (preview) => previews.push(preview));
  await ui.request('preview.watch', { sessionIds: [session.id] });
  const viewer = await Viewer.attach(ui, session.id);
  await viewer.type('echo seen-$((40+2))\r');
  const shown = (): string =>
    (previews.at(-1)?.lines ?? []).map((line) => line.map(({ text }) => text).join('')).join('\n');
  await until(() => shown().includes('seen-42'), { what: 'the preview' });
  const file = Buffer.alloc(150_000, 'png');
  const uploadId = randomUUID();
  let path: string | null = null;
  for (let offset = 0; offset < file.length; offset += 65_536) {
    const data = file.subarray(offset, offset + 65_536);
    const piece = { sessionId: session.id, uploadId, name: '../shot.png', size: file.length, offset, data };
    ({ path } = await ui.request('session.upload', piece));
  }
  expect(readFileSync(String(path)).equals(file)).toBe(true);
});
