// A daemon's socket whose answers a spec writes.
import { newId } from '@roundhouse/kit';
import {
  AppError,
  instanceIdSchema,
  protocolVersions,
  type CommandOp,
  type HostId,
} from '@roundhouse/protocol';
import type { DaemonSocket } from '../platform/ws/handlers.js';

export class ScriptedDaemon implements DaemonSocket {
  readonly instanceId = instanceIdSchema.parse(newId());
  protocol: number = protocolVersions.max;
  readonly heard: { name: string; payload: unknown }[] = [];
  /** Answers a request, or throws. By default everything is taken. */
  answer: (name: string, payload: object) => unknown = () => ({});
  closed = false;

  constructor(
    readonly hostId: HostId,
    readonly generation: number,
  ) {}

  /** Orders that came, by kind. */
  get orders(): string[] {
    return this.heard.flatMap(({ name, payload }) =>
      name === 'command' ? [(payload as { op: CommandOp }).op.kind] : [],
    );
  }

  emit(name: string, payload: object): void {
    this.heard.push({ name, payload });
  }

  async request(name: string, payload: object): Promise<never> {
    this.heard.push({ name, payload });
    await Promise.resolve();
    if (this.closed) throw new AppError('HOST_UNREACHABLE');
    return (await this.answer(name, payload)) as never;
  }

  onClose(): void {
    // Nobody asks.
  }

  close(): void {
    this.closed = true;
  }
}
