// Recordings: what a session printed, as an asciicast file.
import { expect, test } from '@playwright/test';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { Stack } from '../stack/stack.js';

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

type Event = readonly [time: number, code: string, data: string];

test('a session is exported as asciicast v2 and v3: every byte, sizes in their places, times, the exit', async () => {
  const session = await stack.running(daemon, { project });
  const viewer = await stack.view(session.id);
  await viewer.type("printf 'é漢🚂\\n%.0s' $(seq 20000); echo all-there-$((40+2))\r");
  await viewer.sees('all-there-42');
  await viewer.resize(120, 40);
  await viewer.type("stty size; sleep 1; echo '\\377 end'; exit 3\r");
  await viewer.seesExit();
  const path = `sessions/${session.id}/recording`;
  for (const format of ['v2', 'v3']) {
    const answer = await stack.rest.call('GET', `${path}?format=${format}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/x-asciicast');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+\.cast"$/);
    const [header, ...events] = (answer.body as string)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown) as [Record<string, unknown>, ...Event[]];
    expect(header).toMatchObject(
      format === 'v2'
        ? { version: 2, width: 100, height: 30 }
        : { version: 3, term: { cols: 100, rows: 30 } },
    );
    const output = events.map(([, code, data]) => (code === 'o' ? data : '')).join('');
    expect(output).toBe(viewer.bytes.toString('utf8'));
    const resized = events.findIndex(([, code]) => code === 'r');
    expect(events[resized]?.[2]).toBe('120x40');
    const before = events.slice(0, resized).map(([, , data]) => data);
    expect(before.join('')).toContain('all-there-42');
    expect(before.join('')).not.toContain('40 120');
    const times = events.map(([at]) => at);
    const lasted = format === 'v2' ? times.at(-1) : times.reduce((sum, at) => sum + at, 0);
    expect(lasted).toBeGreaterThan(1);
    expect(events.filter(([, code]) => code === 'x').map(([, , data]) => data)).toEqual(
      format === 'v2' ? [] : ['3'],
    );
  }
  expect((await stack.rest.call('GET', `${path}?epoch=2`)).status).toBeGreaterThanOrEqual(404);
  expect(await stack.rest.call('GET', `${path}?format=v1`)).toMatchObject({
    status: 422,
    body: { code: 'VALIDATION_FAILED' },
  });
});
