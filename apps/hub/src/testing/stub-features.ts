// Features that handle every socket event by writing it down, for specs of what stands before the handlers.
import { Module, type Type } from '@nestjs/common';
import { AppError, daemonEvents, uiEvents } from '@roundhouse/protocol';
import { DAEMON_HANDLER, UI_HANDLER, type DaemonSocket, type UiSocket } from '../platform/ws/handlers.js';

export interface Heard {
  readonly name: string;
  readonly payload: unknown;
  readonly socket: UiSocket | DaemonSocket;
}

export interface StubFeatures {
  readonly modules: readonly Type[];
  readonly heard: Heard[];
  /** Set to make every handler fail. */
  failure: Error | null;
}

export function stubFeatures(): StubFeatures {
  const state: StubFeatures = { modules: [], heard: [], failure: null };
  class Recorder {}
  const listen = (metadata: string, name: string): void => {
    const method = (payload: unknown, socket: UiSocket | DaemonSocket): unknown => {
      state.heard.push({ name, payload, socket });
      if (state.failure) throw state.failure;
      if (name === 'session.control') throw new AppError('NOT_ATTACHED');
      return name === 'hello' ? { outboxAcked: 0, forget: [] } : {};
    };
    Reflect.defineMetadata(metadata, name, method);
    Object.defineProperty(Recorder.prototype, `on ${metadata} ${name}`, { value: method });
  };
  for (const [name, event] of Object.entries(uiEvents))
    if (event.from === 'browser') listen(UI_HANDLER, name);
  for (const [name, event] of Object.entries(daemonEvents))
    if (event.from === 'daemon') listen(DAEMON_HANDLER, name);
  class RecorderModule {}
  Module({ providers: [Recorder] })(RecorderModule);
  return Object.assign(state, { modules: [RecorderModule] });
}
