// The key by which a machine proves itself: replaced while it works, refused once it is old, and revoked.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { Host } from '@roundhouse/protocol';
import { FakeAgent } from '../stack/fake-agent.js';
import { makeBed, type TerminalBed } from '../stack/terminal-bed.js';
import { expectExact } from '../stack/transcript.js';
import { hubUnderTest } from '../stack/paths.js';

let bed: TerminalBed;
test.beforeAll(async () => {
  bed = await makeBed({ stack: { hubEntry: hubUnderTest } });
});
test.afterAll(() => bed.stack.stop());

const keyFile = (): string => path.join(bed.daemon.stateDir, 'host.json');
const host = () => bed.stack.rest.get<Host>(`hosts/${bed.daemon.hostId}`);
const renew = () => bed.stack.rest.ok<Host>('POST', `hosts/${bed.daemon.hostId}/rotate-key`, {});

/** The daemon again, with the keys that this file had. */
async function restartWith(keys: string): Promise<void> {
  await bed.daemon.stop();
  writeFileSync(keyFile(), keys);
  bed.daemon.start();
}

test('R:H7 a key is replaced while an agent prints: no byte is lost; the old one is refused after ten minutes', async () => {
  test.setTimeout(90_000);
  const { stack, daemon } = bed;
  const before = await host();
  expect(before).toMatchObject({ hasKey: true });
  const agent = await FakeAgent.start(stack, daemon, { do: 'print', lines: 3_000, perS: 2_000, exit: 7 });
  const viewer = await stack.view(agent.id, { follow: true });
  for (let turn = 0; turn < 4; turn += 1) await renew();
  const old = readFileSync(keyFile(), 'utf8');
  const after = await renew();
  expect(after.state).toBe('online');
  expect(Date.parse(after.keySince ?? '')).toBeGreaterThan(Date.parse(before.keySince ?? ''));
  await expectExact(agent, viewer, { exitCode: 7 });
  const current = readFileSync(keyFile(), 'utf8');
  expect(JSON.parse(current).privateKey).not.toBe(JSON.parse(old).privateKey);

  await restartWith(old);
  await stack.online(daemon);
  await stack.hub.program.order('advance', { ms: 11 * 60_000 });
  await restartWith(old);
  expect(await daemon.program.ended).toMatchObject({ code: 3 });
  expect(daemon.program.tail()).toContain('The host key was not proven');
  await restartWith(current);
  await stack.online(daemon);
});

test('a revoked key: the machine is cut off at once and stays out until it joins anew; its agents go on', async () => {
  const { stack, daemon } = bed;
  const agent = await FakeAgent.start(stack, daemon, { do: 'echo' });
  const askedAt = performance.now();
  await stack.rest.ok('POST', `hosts/${daemon.hostId}/revoke-key`, {});
  expect(await daemon.program.ended).toMatchObject({ code: 3 });
  expect(performance.now() - askedAt).toBeLessThan(5_000);
  expect(await host()).toMatchObject({ hasKey: false });
  daemon.start();
  expect(await daemon.program.ended).toMatchObject({ code: 3 });
  const { joinToken } = await stack.rest.ok('POST', `hosts/${daemon.hostId}/join-token`, {});
  daemon.start(joinToken);
  await stack.online(daemon);
  const viewer = await stack.view(agent.id, { follow: true });
  await viewer.type('a');
  await viewer.sees(/a/);
  await viewer.type('\x04');
  expect((await agent.report()).typed).toBe('a');
});
