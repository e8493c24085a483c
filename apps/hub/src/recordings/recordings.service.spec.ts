import { newId } from '@roundhouse/kit';
import { AppError, userIdSchema } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../auth/actor.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import type { SessionsService } from '../sessions/sessions.service.js';
import { sessionOf } from '../testing/entities.js';
import { ScriptedDaemon } from '../testing/scripted-daemon.js';
import { RecordingsService } from './recordings.service.js';

const head = 50 * 65_536;
const resizes = [{ offset: 0, cols: 80, rows: 24 }];
const actor: Actor = {
  userId: userIdSchema.parse(newId()),
  ...{ username: 'ada', role: 'admin', scopes: null, via: { kind: 'session', id: '1' } },
};
const newest = { format: 'v2', epoch: null } as const;

function rig(change: Parameters<typeof sessionOf>[0] = {}) {
  const session = sessionOf(change);
  const daemons = new DaemonRegistry();
  const daemon = new ScriptedDaemon(session.hostId, 1);
  const answers: Record<string, (payload: { from: number }) => unknown> = {
    'terminal.info': () => ({ epoch: session.epoch, oldest: 0, head, resizes, exit: null }),
    'terminal.read': ({ from }) => ({ offset: from, data: new Uint8Array(65_536).fill(97) }),
    'terminal.times': () => {
      throw new AppError('NOT_FOUND');
    },
  };
  daemon.answer = (name, payload) => answers[name]?.(payload as { from: number });
  daemons.set(daemon);
  const sessions = { get: () => Promise.resolve(session) } as unknown as SessionsService;
  const service = new RecordingsService(sessions, daemons);
  return { session, daemon, daemons, answers, make: () => service.make(session.id, newest, actor) };
}

const reads = (daemon: ScriptedDaemon): number =>
  daemon.heard.filter(({ name }) => name === 'terminal.read').length;

describe('making a recording', () => {
  it('reads from the host only what its client takes, and stops when the client goes', async () => {
    const { daemon, make } = rig();
    const { stream } = await make();
    stream.read();
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const taken = reads(daemon);
    expect(taken).toBeLessThanOrEqual(4);
    stream.destroy();
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(reads(daemon)).toBe(taken);
  });

  it('holds everything, without times when the host has none', async () => {
    const { make } = rig();
    const { stream } = await make();
    let output = 0;
    let text = '';
    for await (const piece of stream) text += String(piece);
    for (const line of text.trimEnd().split('\n').slice(1)) {
      const [at, code, data] = JSON.parse(line) as [number, string, string];
      expect([at, code]).toEqual([0, 'o']);
      output += data.length;
    }
    expect(output).toBe(head);
  });

  it('has a name that is harmless everywhere', async () => {
    const names = ['../../etc/passwd', 'shop "4444"\r\nSet-Cookie: x', '漢字', 'a.b_c-d'];
    const made = await Promise.all(names.map(async (name) => (await rig({ name }).make()).fileName));
    expect(made).toEqual([
      'etc-passwd-1.cast',
      'shop-4444-Set-Cookie-x-1.cast',
      `${sessionOf().id}-1.cast`,
      'a.b_c-d-1.cast',
    ]);
  });

  it('is refused with a reason: never started, host away, too many at once', async () => {
    await expect(rig({ startedAt: null }).make()).rejects.toMatchObject({ code: 'SESSION_NOT_RUNNING' });
    const { daemons, daemon, make, answers } = rig();
    const made = await Promise.all([make(), make(), make(), make()]);
    await expect(make()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    for (const { stream } of made) stream.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    (await make()).stream.destroy();
    answers['terminal.info'] = () => {
      throw new AppError('NOT_FOUND');
    };
    for (let count = 0; count < 6; count += 1)
      await expect(make()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    daemons.remove(daemon);
    await expect(make()).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
  });

  it('breaks off when the link does, so that nobody takes half for the whole', async () => {
    const { make, answers } = rig();
    const { stream } = await make();
    answers['terminal.read'] = () => {
      throw new AppError('HOST_UNREACHABLE');
    };
    await expect(stream.toArray()).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
  });
});
