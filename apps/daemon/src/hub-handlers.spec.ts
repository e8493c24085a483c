import { AppError, commandIdSchema, daemonEvents, spawnOpSchema, type AnyEvent } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { hubHandlers, type HandlerParts } from './hub-handlers.js';

const sessionId = '44444444-4444-4444-8444-444444444444';
const commandId = commandIdSchema.parse('55555555-5555-4555-8555-555555555555');
const spawn = spawnOpSchema.parse({
  ...{ kind: 'spawn', sessionId, epoch: 1, profile: 'bash', project: '/', mode: 'new', worktree: false },
  ...{ baseBranch: null, trust: false, companionOf: null, task: null, cols: 80, rows: 24 },
});

/** Handlers over parts of which only what the spec names is there. */
const handlersOver = (parts: object) => hubHandlers({ ...({} as HandlerParts), ...parts });

describe('what the hub asks', () => {
  it('is handled, each event of the registry, and nothing else', () => {
    const events: [string, AnyEvent][] = Object.entries(daemonEvents);
    const expected = events
      // The handshake is the connection's own.
      .filter(([name, { from }]) => from === 'hub' && !name.startsWith('auth.'))
      .map(([name]) => name);
    expect(Object.keys(handlersOver({})).sort()).toEqual(expected.sort());
  });

  it('is not begun too late, and stays taken when it was taken in time', async () => {
    let spawned = 0;
    let taken = false;
    const sessions = {
      hasTaken: () => taken,
      spawn: () => {
        spawned += 1;
        return Promise.resolve();
      },
    };
    const { command } = handlersOver({ sessions, policy: { roots: ['/'] } });
    const answering = { afterAnswer: () => undefined };
    const late = async (): Promise<unknown> => command({ commandId, ttlMs: 0, op: spawn }, answering);
    await expect(late()).rejects.toBeInstanceOf(AppError);
    await expect(late()).rejects.toMatchObject({ code: 'COMMAND_EXPIRED' });
    expect(spawned).toBe(0);
    taken = true;
    expect(await late()).toEqual({});
  });
});
