// Proven by the compiler: what does not compile here is marked, and a mark without an error is one itself.
import { describe, expect, it } from 'vitest';
import type { BrowserToHub, HubToBrowser } from './events/ui.js';
import type { DaemonToHub, HubToDaemon } from './events/daemon.js';
import { hostIdSchema, sessionIdSchema } from './ids.js';

type Emit<M> = <K extends keyof M & string>(
  name: K,
  ...args: M[K] extends (...args: infer A) => void ? A : never
) => void;
const emitter =
  <M>(): Emit<M> =>
  () =>
    undefined;

const sessionId = sessionIdSchema.parse('44444444-4444-4444-8444-444444444444');
const hostId = hostIdSchema.parse('11111111-1111-4111-8111-111111111111');

describe('the types of the wire', () => {
  it('let through what the registry says', () => {
    emitter<BrowserToHub>()('session.ack', { sessionId, epoch: 1, offset: 0 });
    emitter<BrowserToHub>()('session.detach', { sessionId }, (result) => {
      if (!result.ok) expect(result.error.code).toBeDefined();
    });
    emitter<HubToDaemon>()('terminal.close', { sessionId }, () => undefined);
  });

  it('refuse a wrong payload, direction, acknowledgement or kind of id', () => {
    const browser = emitter<BrowserToHub>();
    // @ts-expect-error a field is missing
    browser('session.ack', { sessionId, epoch: 1 });
    // @ts-expect-error offsets are numbers
    browser('session.ack', { sessionId, epoch: 1, offset: '0' });
    // @ts-expect-error this is acknowledged
    browser('session.detach', { sessionId });
    // @ts-expect-error the hub sends this
    browser('session.output', { sessionId, epoch: 1, offset: 0, data: new Uint8Array() });
    // @ts-expect-error a browser sends this
    emitter<HubToBrowser>()('session.ack', { sessionId, epoch: 1, offset: 0 });
    // @ts-expect-error the hub sends this
    emitter<DaemonToHub>()('terminal.close', { sessionId }, () => undefined);
    // @ts-expect-error nobody sends this
    browser('session.explode', {});
    const takesSession = (id: typeof sessionId): string => id;
    // @ts-expect-error a host is no session
    expect(takesSession(hostId)).toBe(hostId);
  });
});
