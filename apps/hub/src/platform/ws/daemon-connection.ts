// One daemon's socket after it has proven its key: what handlers may do with it, and whether it still lives.
import type { InputPacket } from '@roundhouse/kit';
import {
  AppError,
  daemonEvents,
  parseWith,
  resultSchema,
  unwrap,
  type DaemonEvents,
  type HostId,
  type InstanceId,
  type ReplyOf,
  type Result,
  type SentPayloadOf,
} from '@roundhouse/protocol';
import type { Socket } from 'socket.io';
import { z } from 'zod';
import { toAppError } from '../http/problem.js';
import type { DaemonSocket, ToDaemon } from './handlers.js';
import { InputLine } from './input-line.js';
import { rawConnection } from './socket-server.js';

/** Longer than any order that is answered at once; slow ones say their own. */
const requestTimeoutMs = 10_000;

export interface DaemonIdentity {
  readonly hostId: HostId;
  readonly instanceId: InstanceId;
  readonly generation: number;
  readonly protocol: number;
}

export interface RequestOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export class DaemonConnection implements DaemonSocket {
  readonly hostId: HostId;
  readonly instanceId: InstanceId;
  readonly generation: number;
  readonly protocol: number;
  /** Settles with the answer to hello; null before that. */
  greeting: Promise<boolean> | null = null;
  /** What `greeting` settled with. */
  greeted: boolean | null = null;
  readonly input: InputLine;
  readonly #socket: Socket;

  constructor(socket: Socket, identity: DaemonIdentity) {
    this.#socket = socket;
    this.input = new InputLine(socket);
    this.hostId = identity.hostId;
    this.instanceId = identity.instanceId;
    this.generation = identity.generation;
    this.protocol = identity.protocol;
  }

  emit<K extends ToDaemon>(name: K, payload: SentPayloadOf<DaemonEvents[K]>): void {
    this.#socket.emit(name, payload);
  }

  request<K extends ToDaemon>(
    name: K,
    payload: SentPayloadOf<DaemonEvents[K]>,
    options: RequestOptions = {},
  ): Promise<ReplyOf<DaemonEvents[K]>> {
    if (name === 'terminal.input' && isTyped(payload)) return this.#type(payload, options);
    return ask(this.#socket, name, payload, options);
  }

  async #type<K extends ToDaemon>(
    input: InputPacket,
    { timeoutMs = requestTimeoutMs }: RequestOptions,
  ): Promise<ReplyOf<DaemonEvents[K]>> {
    return readAnswer('terminal.input' as K, await this.input.send(input, timeoutMs));
  }

  onClose(listener: () => void): void {
    if (this.#socket.disconnected) listener();
    else this.#socket.once('disconnect', listener);
  }

  close(): void {
    this.#socket.disconnect(true);
  }

  /** Ends the link without a word, as for one whose other end is gone. */
  drop(): void {
    rawConnection(this.#socket)?.terminate();
    this.#socket.disconnect(true);
  }

  /** Whether the other end answers a ping of the WebSocket itself within `ms`. */
  isAlive(ms: number): Promise<boolean> {
    const raw = rawConnection(this.#socket);
    if (this.#socket.disconnected || !raw) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (alive: boolean): void => {
        clearTimeout(timer);
        raw.off('pong', onPong);
        resolve(alive);
      };
      const onPong = (): void => {
        end(true);
      };
      // A real timer: this measures the network, which no test's clock moves.
      const timer = setTimeout(end, ms, false);
      raw.once('pong', onPong);
      raw.ping();
    });
  }
}

/** @throws AppError of the daemon's answer, TIMEOUT, HOST_UNREACHABLE when the link breaks first; the signal's reason */
export function ask<K extends ToDaemon>(
  socket: Socket,
  name: K,
  payload: SentPayloadOf<DaemonEvents[K]>,
  { timeoutMs = requestTimeoutMs, signal }: RequestOptions = {},
): Promise<ReplyOf<DaemonEvents[K]>> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      socket.off('disconnect', onGone);
      signal?.removeEventListener('abort', onAbort);
      act();
    };
    const fail = (error: Error): void => {
      settle(() => {
        reject(error);
      });
    };
    const onGone = (): void => {
      fail(new AppError('HOST_UNREACHABLE'));
    };
    const onAbort = (): void => {
      fail(signal?.reason instanceof Error ? signal.reason : new Error('Aborted'));
    };
    if (signal?.aborted) {
      onAbort();
      return;
    }
    if (socket.disconnected) {
      onGone();
      return;
    }
    socket.once('disconnect', onGone);
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.timeout(timeoutMs).emit(name, payload, (error: Error | null, answer: unknown) => {
      if (error) fail(new AppError('TIMEOUT', { message: `The daemon did not answer ${name} in time` }));
      else {
        settle(() => {
          try {
            resolve(readAnswer(name, answer));
          } catch (wrong) {
            reject(toAppError(wrong));
          }
        });
      }
    });
  });
}

const answerSchemas = new Map<string, z.ZodType>(
  Object.entries(daemonEvents).map(([name, { reply }]) => [name, resultSchema(reply ?? z.unknown())]),
);

/** @throws AppError of the daemon, or VALIDATION_FAILED when its answer has another shape */
function readAnswer<K extends ToDaemon>(name: K, answer: unknown): ReplyOf<DaemonEvents[K]> {
  const schema = answerSchemas.get(name) ?? z.never();
  const result = parseWith(schema, answer, `The daemon's answer to ${name}`);
  // The schema is the one of this event, which the map cannot say.
  return unwrap(result as Result<ReplyOf<DaemonEvents[K]>>);
}

/** What comes with each key; what is typed over REST has no moment of its own, which its packet could not say. */
const isTyped = (payload: object): payload is InputPacket =>
  'sentMs' in payload && 'data' in payload && payload.data instanceof Uint8Array;
