// F:F2, F:F7: the release before is upgraded from its tarball and rolled back one step, while agents print and are typed to.
// Run by `npm run test:upgrade`, which makes the two releases and says where they are.
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { Session } from '@roundhouse/protocol';
import { FakeAgent } from '../stack/fake-agent.js';
import { makeBed, type TerminalBed } from '../stack/terminal-bed.js';
import { expectExact } from '../stack/transcript.js';
import type { Viewer } from '../stack/viewer.js';
import { until } from '../stack/wait.js';

const [before = '', now = '', added = ''] = (process.env['E2E_RELEASES'] ?? '').split(':');
const programOf = (release: string, app: string): string => path.join(release, 'apps', app, 'dist/main.js');
/** For as long as all the changes of programs take on a busy machine. */
const printing = { do: 'print', lines: 60_000, perS: 500, exit: 7 } as const;

test.setTimeout(360_000);

/** What a user would miss: sessions by their ids and names, hosts, tokens, the audit log. */
async function inventory({ stack }: TerminalBed): Promise<Record<string, string[]>> {
  const lists = ['sessions', 'hosts', 'tokens'];
  const entries = lists.map(async (name) => {
    const { items } = await stack.rest.get<{ items: { id: string; createdAt: string }[] }>(name);
    return [name, items.map(({ id, createdAt }) => `${id} ${createdAt}`).sort()] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

interface Ride {
  readonly bed: TerminalBed;
  readonly typing: Session;
  typed: string;
}

/** After each change: everything is there, one takes what is typed, and another can be started. */
async function proveAlive(ride: Ride, was: Record<string, string[]>, word: string): Promise<void> {
  const { bed, typing } = ride;
  const { stack, daemon } = bed;
  await stack.online(daemon, 60_000);
  const is = await inventory(bed);
  for (const [name, items] of Object.entries(was))
    expect(is[name], name).toEqual(expect.arrayContaining(items));
  expect(await stack.sessionIs(typing.id, 'running', 30_000)).toMatchObject({ epoch: typing.epoch });
  const keys: Viewer = await until(() => stack.view(typing.id).catch(() => false as const), {
    what: 'the session can be attached to',
    timeoutMs: 30_000,
  });
  await keys.type(word);
  ride.typed += word;
  await keys.sees(word);
  keys.close();
  await FakeAgent.start(stack, daemon, { do: 'echo' });
}

test('F:F2 F:F7 hub and daemon go to the next release and one step back: sessions live, bytes exact, nothing lost', async () => {
  const bed = await makeBed({
    stack: { hubEntry: programOf(before, 'hub') },
    daemon: { entry: programOf(before, 'daemon') },
  });
  const { stack, daemon, viewLine } = bed;
  try {
    const printer = await FakeAgent.start(stack, daemon, printing);
    const viewer = await stack.view(printer.id, { via: viewLine, follow: true });
    const echo = await FakeAgent.start(stack, daemon, { do: 'echo' });
    const ride: Ride = { bed, typing: await stack.session(echo.id), typed: '' };
    const swapHub = async (release: string): Promise<readonly string[]> => {
      await stack.hub.stop();
      const said = stack.hub.log.length;
      await stack.hub.start({}, programOf(release, 'hub'));
      return stack.hub.log.slice(said);
    };
    const swapDaemon = async (release: string): Promise<void> => {
      await daemon.stop();
      daemon.start(undefined, programOf(release, 'daemon'));
    };

    let was = await inventory(bed);
    await proveAlive(ride, was, 'before ');
    was = await inventory(bed);
    expect((await swapHub(now)).join('\n')).toContain(added);
    await proveAlive(ride, was, 'newer-hub ');
    was = await inventory(bed);
    await swapDaemon(now);
    await proveAlive(ride, was, 'newer-daemon ');
    was = await inventory(bed);
    const back = await swapHub(before);
    expect(back.filter((line) => /"level":"(warn|error)"|database migrated/.test(line))).toEqual([]);
    await proveAlive(ride, was, 'hub-back ');
    was = await inventory(bed);
    await swapDaemon(before);
    await proveAlive(ride, was, 'daemon-back ');
    was = await inventory(bed);
    await swapHub(now);
    await proveAlive(ride, was, 'again ');

    const keys = await stack.view(echo.id);
    await keys.type('\x04');
    expect(await echo.report()).toMatchObject({ typed: ride.typed });
    await expectExact(printer, viewer, { exitCode: 7, timeoutMs: 180_000 });
    expect(viewer.returns).toBeGreaterThanOrEqual(3);
  } finally {
    await stack.stop();
  }
});
