// What a shell reports of itself: mapped by its profile, bounded, and from a real bash.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ManualClock, newId, systemClock } from '@roundhouse/kit';
import { parseProfile } from '@roundhouse/profiles';
import { loadProfileDirectories } from '@roundhouse/profiles/node';
import { sessionIdSchema } from '@roundhouse/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../keeper/testing/keeper-rig.js';
import { SessionDir } from '../sessions/session-record.js';
import { SessionBed } from '../sessions/testing/session-bed.js';
import { sidecarOf, Sidecars } from './sidecar.js';

const profile = parseProfile({
  name: 'x',
  sidecar: { prompt_command: 'true', fields: { current_activity: 'cwd', last_exit_code: 'exit_code' } },
});
const sessionId = sessionIdSchema.parse(newId());
let base: string;
let file: string;
let sidecars: Sidecars;
let changes: number;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'rh-sidecar-'));
  const dir = new SessionDir(base, sessionId);
  await mkdir(dir.tmp, { recursive: true });
  file = join(dir.tmp, `.agent-telemetry-${sessionId}`);
  changes = 0;
  sidecars = new Sidecars({
    profileOf: () => profile,
    clock: new ManualClock(),
    onChanged: () => (changes += 1),
  });
  sidecars.begun({ sessionId, epoch: 1, profile: 'x', cwd: '/', dir });
});
afterEach(async () => {
  sidecars.dispose();
  await rm(base, { recursive: true });
});

const reported = async () => {
  await sidecars.look();
  return sidecars.report(sessionId, 1).sidecar;
};

it('F:B8 tells the newest report, by the names of the profile', async () => {
  expect(await reported()).toBeNull();
  await writeFile(file, '{"cwd":"/a","exit_code":0,"other":1}\n');
  expect(await reported()).toEqual({ current_activity: '/a', last_exit_code: '0' });
  await writeFile(file, '{"cwd":"/b');
  expect(await reported()).toEqual({ current_activity: '/a', last_exit_code: '0' });
  await writeFile(file, '{"cwd":"/b","exit_code":130}\n');
  expect(await reported()).toEqual({ current_activity: '/b', last_exit_code: '130' });
  expect(changes).toBe(2);
  await writeFile(file, '{"cwd":"/b","exit_code":130}\n\n');
  await reported();
  expect(changes).toBe(2);
  expect(sidecars.report(sessionId, 2)).toEqual({});
  sidecars.ended({ sessionId });
  expect(sidecars.report(sessionId, 1)).toEqual({});
});

it('a link, a pipe in its place or a long text tells nothing', async () => {
  await writeFile(join(base, 'other'), '{"cwd":"/secret"}');
  await symlink(join(base, 'other'), file);
  expect(await reported()).toBeNull();
  await rm(file);
  await writeFile(file, `{"cwd":"${'x'.repeat(9_000)}"}`);
  expect(await reported()).toBeNull();
});

it('values are short plain text, whatever they hold', () => {
  const fields = { a: 'a', b: 'b', c: 'c', 'Not a name': 'a' };
  expect(
    sidecarOf({ a: 'x\u001b[31m\ny', b: { deep: 1 }, c: 'y'.repeat(900) }, { a: 'a', b: 'b', c: 'c' }),
  ).toEqual({
    a: 'x [31m y',
    c: 'y'.repeat(500),
  });
  expect(sidecarOf({ a: 1 }, fields)).toBeNull();
  expect(sidecarOf([1], fields)).toBeNull();
  expect(sidecarOf(null, fields)).toBeNull();
});

it.each([
  ['export API_KEY=hunter2-and-more; make', 'export API_KEY=***; make'],
  ["MY_TOKEN='two words' run", 'MY_TOKEN=*** run'],
  ['curl --api-key abcdef-1 https://me:canary@host/x', 'curl --api-key *** ***'],
  ['curl -u me:geheim x; curl --user me:geheim x', 'curl -u me:*** x; curl --user me:*** x'],
  ['mysql -u root -pgeheim db; mysql -p db', 'mysql -u root -p*** db; mysql -p db'],
  ['sshpass -p geheim ssh x', 'sshpass -p *** ssh x'],
  ['redis-cli -h x -a geheim ping', 'redis-cli -h x -a *** ping'],
  ['curl -H "Authorization: Bearer geheim" x', 'curl -H "Authorization: Bearer ***" x'],
  ["curl -H 'X-Api-Key: geheim' -u x", "curl -H 'X-Api-Key: ***' -u x"],
  [`curl -u "me:ge heim" x; curl -fsSLu 'me:ge&h"im' y`, `curl -u "me:***" x; curl -fsSLu 'me:***' y`],
  [`curl --user me:'ge heim' x`, 'curl --user me:*** x'],
  [`mysql -p'ge;heim' db && sshpass -p "ge heim" ssh x`, 'mysql -p*** db && sshpass -p *** ssh x'],
  [
    String.raw`redis-cli -a ge\ heim ping; DB_PASSWORD=a"b c"d run`,
    'redis-cli -a *** ping; DB_PASSWORD=*** run',
  ],
  [`x=it's; API_KEY=hunter2; echo don't`, `x=it's; API_KEY=***; echo don't`],
  [`sh --command "API_KEY=hunter2" --other "x y"`, `sh --command "API_KEY=***" --other "x y"`],
  ['export API_KEY="hunter2 and', 'export API_KEY=***'],
  [`curl -d '{"user":"me","password":"geheim"}' x`, `curl -d '{"user":"me","password":"***"}' x`],
  ['podman run -u 1000:1000 x; mkdir -p a; grep -u x', 'podman run -u 1000:1000 x; mkdir -p a; grep -u x'],
  ['tool --password=geheim ghp_0123456789abcdef', 'tool --password=*** ***'],
  ['KEY=/etc/key ls; CI=true npm test', 'KEY=/etc/key ls; CI=true npm test'],
  ['cd /srv/aB3dE6gH9jK2mN5pQ8sT1vW4yZ7/src', 'cd /srv/aB3dE6gH9jK2mN5pQ8sT1vW4yZ7/src'],
])('R:H15 a secret in a command is left out: %s', (last_cmd, shown) => {
  expect(sidecarOf({ last_cmd }, { last_cmd: 'last_cmd' })).toEqual({ last_cmd: shown });
});

it.each([
  'mysql-',
  'mysql -p',
  'a-',
  'a=',
  'a="',
  'TOKEN=',
  '--a ',
  'token-',
  '-u a:',
  '"',
  "'",
  '--',
  'sk-',
  '"token',
])('a report that is nothing but %s is read in no time, as all the other reports wait for it', (piece) => {
  const last_cmd = piece.repeat(8_000 / piece.length);
  const began = performance.now();
  sidecarOf({ last_cmd }, { last_cmd: 'last_cmd' });
  expect(performance.now() - began).toBeLessThan(2_000);
});

it('F:F11 a real bash: directory, exit code and command, with quotes and backslashes', async () => {
  await using bed = new SessionBed();
  const profiles = fileURLToPath(new URL('../../../../profiles', import.meta.url));
  const loaded = await loadProfileDirectories([profiles]);
  const bash = loaded.profiles.find((found) => found.profile.name === 'bash')?.profile;
  if (!bash) throw new Error('no bash');
  bed.addProfile(bash);
  const real = new Sidecars({
    profileOf: (name) => bed.profileOf(name),
    clock: systemClock,
    onChanged: () => undefined,
  });
  bed.watchers.push(real);
  const { sessions } = await bed.daemon();
  const op = await bed.spawn(sessions, 'bash');
  const told = () => sessions.require(op.sessionId).report().sidecar;
  const command = `printf '"%s\\\\"' "a	b"; (exit 7)`;
  await eventually(() => told()?.['current_activity'] === bed.project, 'the prompt was reported');
  await sessions.require(op.sessionId).output.input(1, 'test', 1, Buffer.from(`${command}\r`));
  await eventually(() => told()?.['last_exit_code'] === '7', 'the command was reported');
  expect(told()?.['last_cmd']).toContain(String.raw`printf '"%s\\"' "a`);
  real.dispose();
});
