// Events from the relay to the listener, with real files: order, restarts, hostile files, and whose session it is.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../keeper/testing/keeper-rig.js';
import { EVENT_BYTES_MAX, UNWATCHED_DIR } from '../relay/relay-script.js';
import { HookBed } from '../testing/hook-bed.js';
import { WAITING_MAX } from './list-drops.js';

let bed: HookBed;
beforeEach(async () => {
  bed = await HookBed.make();
});
afterEach(() => bed[Symbol.asyncDispose]());

async function opened() {
  const intake = bed.intake();
  const dir = bed.session();
  const directory = await intake.prepare(dir, 1);
  const life = { sessionId: bed.idOf(dir), epoch: 1, dir };
  intake.begun(life);
  return { intake, dir, directory, life };
}

const eventsIn = async (directory: string): Promise<string[]> =>
  (await readdir(directory)).filter((name) => name !== UNWATCHED_DIR);

it('hears an event at once, with its payload and its session', async () => {
  const { directory, life } = await opened();
  const before = performance.now();
  await bed.relay(directory, 'PermissionRequest', '{"tool_name":"Bash","session_id":"x"}');
  await eventually(() => bed.heard.length > 0, 'the event was heard');
  const [event] = bed.heard;
  expect(event).toMatchObject({ sessionId: life.sessionId, epoch: 1, event: 'PermissionRequest' });
  expect(event?.payload).toEqual({ tool_name: 'Bash', session_id: 'x' });
  expect(event?.receivedAt).toBeGreaterThan(before);
  expect(event?.ageMs).toBeLessThan(2_000);
  await eventually(async () => (await eventsIn(directory)).length === 0, 'its file is gone');
});

it('R:H12 an agent that tells the ids of another session is still itself', async () => {
  const { intake, life: a } = await opened();
  const dir = bed.session();
  await intake.prepare(dir, 1);
  const b = { sessionId: bed.idOf(dir), epoch: 1, dir };
  intake.begun(b);
  await bed.relay(
    a.dir.hooks(1),
    'Stop',
    JSON.stringify({ session_id: b.sessionId, sessionId: b.sessionId }),
  );
  await eventually(() => bed.heard.length > 0, 'the event was heard');
  expect(bed.heard.map(({ sessionId }) => sessionId)).toEqual([a.sessionId]);
});

it('R:H12 a directory that is a link to that of another session has nothing to say', async () => {
  const { intake, life: a } = await opened();
  await intake.dispose();
  const dir = bed.session();
  await mkdir(dir.hooks(), { recursive: true });
  await symlink(a.dir.hooks(1), dir.hooks(1));
  const next = bed.intake();
  next.begun({ sessionId: bed.idOf(dir), epoch: 1, dir });
  await bed.relay(a.dir.hooks(1), 'Stop', '{}');
  next.begun(a);
  await eventually(() => bed.heard.length > 0, 'the event was heard');
  expect(bed.heard.map(({ sessionId }) => sessionId)).toEqual([a.sessionId]);
});

it('a link that appears while it is listening is not followed', async () => {
  const { directory } = await opened();
  await writeFile(join(bed.base, 'secret'), '{"secret":true}');
  await symlink(join(bed.base, 'secret'), join(directory, 'Link.1.json'));
  await bed.relay(directory, 'Stop', '{}');
  await eventually(() => bed.events.includes('Stop'), 'the event was heard');
  expect(bed.events).toEqual(['Stop']);
});

it('200 relays at once arrive whole', async () => {
  const { directory } = await opened();
  const each = Array.from({ length: 200 }, (_, n) => n);
  // One shell that starts them all: this process could not start 200 in an instant.
  const script = `i=0; while [ $i -lt 200 ]; do printf '{"n":%d,"pad":"%s"}' $i "$(head -c 20000 /dev/zero | tr '\\0' x)" | /bin/sh "$0" "$1" Tool >/dev/null & i=$((i+1)); done; wait`;
  execFileSync('/bin/sh', ['-c', script, bed.script, directory]);
  await eventually(() => bed.heard.length >= 200, 'all were heard', 20_000);
  expect(bed.heard.map(({ payload }) => Number(payload['n'])).sort((a, b) => a - b)).toEqual(each);
});

it('hears one after the other in the order in which they were told', async () => {
  const { directory } = await opened();
  const told = Array.from({ length: 30 }, (_, n) => (n % 2 === 0 ? 'PreToolUse' : 'PostToolUse'));
  const script = 'for e in "$@"; do printf "{}" | /bin/sh "$0" "$D" "$e" >/dev/null; done';
  execFileSync('/bin/sh', ['-c', script, bed.script, ...told], { env: { ...process.env, D: directory } });
  await eventually(() => bed.heard.length >= 30, 'all were heard');
  expect(bed.events).toEqual(told);
});

it('takes what was told while no daemon was there, in its order, with its age', async () => {
  const { intake, directory, life } = await opened();
  await intake.dispose();
  const names = ['UserPromptSubmit', 'PreToolUse', 'Stop'];
  for (const name of names) await bed.relay(directory, name, '{}');
  const minute = Date.now() / 1_000 - 60;
  for (const [index, name] of (await eventsIn(directory)).sort((a, b) => order(a) - order(b)).entries())
    await utimes(join(directory, name), minute + index, minute + index);
  bed.intake().begun(life);
  await eventually(() => bed.heard.length >= 3, 'all were heard');
  expect(bed.events).toEqual(names);
  expect(bed.heard[0]?.ageMs).toBeGreaterThan(55_000);

  function order(file: string): number {
    return names.findIndex((name) => file.startsWith(name));
  }
});

it('gives an event again whose listener had not finished when the daemon died', async () => {
  const { intake, directory, life } = await opened();
  let release = (): void => undefined;
  intake.onHook(() => new Promise<void>((resolve) => (release = resolve)));
  await bed.relay(directory, 'Stop', '{}');
  await eventually(() => bed.heard.length === 1, 'heard once');
  expect(await eventsIn(directory)).toHaveLength(1);
  const next = bed.intake();
  next.begun(life);
  await eventually(() => bed.heard.length === 2, 'heard again');
  release();
});

it('takes what was said last when the agent ends, and hears nothing afterwards', async () => {
  const { intake, directory, life } = await opened();
  await bed.relay(directory, 'SessionEnd', '{}');
  intake.ended(life);
  await eventually(() => !existsSync(directory), 'the directory is gone');
  expect(bed.events).toEqual(['SessionEnd']);
  expect(await bed.relay(directory, 'Stop', '{}')).toMatchObject({ code: 0, out: '{}\n' });
  expect(existsSync(directory)).toBe(false);
});

it('a status line is the newest one only, told once', async () => {
  const { directory } = await opened();
  await bed.relay(directory, 'status', '{"n":1}');
  await eventually(() => bed.heard.length === 1, 'the first was heard');
  await bed.relay(directory, 'status', '{"n":2}');
  await eventually(() => bed.heard.length === 2, 'the second was heard');
  await bed.relay(directory, 'Stop', '{}');
  await eventually(() => bed.heard.length === 3, 'the event was heard');
  expect(bed.heard.map(({ event, payload }) => [event, payload['n']])).toEqual([
    ['status', 1],
    ['status', 2],
    ['Stop', undefined],
  ]);
});

it('a status line of a relay of an earlier build, which leaves it among the events, is heard', async () => {
  const { directory } = await opened();
  await writeFile(join(directory, '.status.1'), '{"n":1}');
  await rename(join(directory, '.status.1'), join(directory, 'status.json'));
  await eventually(() => bed.heard.length === 1, 'it was heard');
  expect(bed.heard[0]).toMatchObject({ event: 'status', payload: { n: 1 } });
});

it('bears whatever lies there: no JSON, too much, links, pipes, directories, floods', async () => {
  const { intake, directory, life } = await opened();
  await intake.dispose();
  await writeFile(join(bed.base, 'secret'), '{"secret":true}');
  await symlink(join(bed.base, 'secret'), join(directory, 'Link.1.json'));
  await mkdir(join(directory, 'Directory.1.json'));
  execFileSync('mkfifo', [join(directory, 'Pipe.1.json')]);
  await writeFile(join(directory, 'Garbage.1.json'), Buffer.from([0xff, 0, 1, 2]));
  await writeFile(join(directory, 'List.1.json'), '[1]');
  await writeFile(join(directory, 'Deep.1.json'), '['.repeat(500_000));
  await writeFile(join(directory, 'Large.1.json'), `{"a":"${'x'.repeat(EVENT_BYTES_MAX)}"}`);
  await writeFile(join(directory, '../x'), '');
  await writeFile(join(directory, 'what is this'), '');
  await writeFile(join(directory, '__proto__.1.json'), '{}');
  bed.intake().begun(life);
  await eventually(() => bed.heard.length >= 4, 'what has a name was heard');
  await bed.relay(directory, 'Stop', '{}');
  await eventually(() => bed.events.includes('Stop'), 'still listening');
  expect(bed.events.slice(0, -1).sort()).toEqual(['Deep', 'Garbage', 'Large', 'List']);
  expect(bed.heard.every(({ payload }) => Object.keys(payload).length === 0)).toBe(true);
  expect(await eventsIn(directory)).toEqual(['Directory.1.json']);
});

it('of more events than may wait the oldest go', async () => {
  const { intake, directory, life } = await opened();
  await intake.dispose();
  for (let n = 0; n < WAITING_MAX + 5; n += 1)
    await writeFile(join(directory, `E.${String(n + 1)}.json`), JSON.stringify({ n }));
  bed.intake().begun(life);
  await eventually(() => bed.heard.length >= WAITING_MAX, 'the newest were heard', 20_000);
  expect(bed.heard).toHaveLength(WAITING_MAX);
  expect(bed.heard.at(-1)?.payload).toEqual({ n: WAITING_MAX + 4 });
});

it('makes room for the next life, whose agent is not mixed up with the last', async () => {
  const { intake, dir, directory, life } = await opened();
  const next = await intake.prepare(dir, 2);
  intake.begun({ ...life, epoch: 2 });
  expect(existsSync(directory)).toBe(false);
  await bed.relay(directory, 'Stop', '{}');
  await bed.relay(next, 'SessionStart', '{}');
  await eventually(() => bed.heard.length > 0, 'the event was heard');
  expect(bed.heard.map(({ event, epoch }) => [event, epoch])).toEqual([['SessionStart', 2]]);
});
