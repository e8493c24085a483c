// One connection to the hub: handshake in both directions, then typed events until it breaks.
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import {
  decodeInput,
  encodeOutput,
  overhear,
  within,
  type Clock,
  type Logger,
  type OutputPacket,
} from '@roundhouse/kit';
import {
  AppError,
  daemonEvents,
  fromWireError,
  hostProof,
  hubProof,
  knownGood,
  parseWith,
  protocolVersions,
  resultSchema,
  toWireError,
  unwrap,
  wireErrorSchema,
  type InstanceId,
} from '@roundhouse/protocol';
import { io, type Socket } from 'socket.io-client';
import * as msgpack from 'socket.io-msgpack-parser';
import { z } from 'zod';
import type { HostIdentity } from './host-identity.js';
import { withUpdateCommand } from './update-hint.js';
import type { Answering, DaemonEvent, HubEvent, HubHandlers, HubReply, SentPayload } from './handlers.js';

/** Every step of connecting; a hub that is up needs milliseconds. */
const stepTimeoutMs = 10_000;

export interface ConnectionOptions {
  readonly hubUrl: string;
  readonly identity: HostIdentity;
  readonly instanceId: InstanceId;
  readonly handlers: HubHandlers;
  /** The hub sent what no event of this version is. */
  readonly onInvalid: (error: AppError) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Accepted {
  readonly generation: number;
  readonly hostName: string;
}

type Acknowledge = (answer: unknown) => void;

const namespace = '/daemon';
const encoder = new msgpack.Encoder();
/** Socket.IO's type of an acknowledgement. */
const ackType = 3;

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #nonce = randomBytes(32).toString('base64url');
  #refused: AppError | null = null;
  /** The hub has shown its key, on this connection. */
  #proven = false;
  #accepted = false;
  #closed = false;
  readonly #onClosed: ((error: AppError | null) => void)[] = [];

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { hubUrl, identity, instanceId } = options;
    const { caCertificate } = identity.registration;
    const { origin, pathname } = new URL(hubUrl);
    this.#socket = io(`${origin}${namespace}`, {
      // Below a path of another site: the namespace is no part of the address.
      path: `${pathname.replace(/\/$/, '')}/daemon.io`,
      transports: ['websocket'],
      parser: msgpack,
      // Attempts are this daemon's own business: their timing depends on why the last one ended.
      reconnection: false,
      autoConnect: false,
      forceNew: true,
      timeout: stepTimeoutMs,
      auth: { hostId: identity.hostId, instanceId, nonce: this.#nonce, protocol: protocolVersions },
      // The hub's own CA alone, when it has one.
      ...(caCertificate === null ? {} : { ca: caCertificate }),
    });
  }

  /**
   * Connects and proves both sides.
   * @throws AppError with what the hub said, HUB_KEY_INVALID, HUB_UNREACHABLE, or TIMEOUT
   */
  async open(signal: AbortSignal): Promise<Accepted> {
    const accepted = this.#handshake();
    this.#listen();
    this.#socket.connect();
    try {
      return await within(accepted, {
        ms: stepTimeoutMs,
        what: 'handshake with the hub',
        clock: this.#options.clock,
        signal,
      });
    } catch (error) {
      accepted.catch(() => undefined);
      this.close();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#socket.connected && !this.#closed;
  }

  /** Bytes that were sent and have not left this process. */
  get backlog(): number {
    return unsentBytes(this.#socket);
  }

  /** Called once, with the refusal when the hub gave one. */
  onClosed(listener: (error: AppError | null) => void): void {
    if (this.#closed) listener(this.#refused);
    else this.#onClosed.push(listener);
  }

  /** Sends without waiting; what the link cannot take any more is dropped with it. */
  emit<K extends DaemonEvent>(name: K, payload: SentPayload<K>): void {
    if (!this.isOpen) return;
    // What comes for each screenful.
    if (name === 'terminal.output' && 'data' in payload && payload.data instanceof Uint8Array)
      this.#socket.io.engine.write(encodeOutput(payload as OutputPacket));
    else this.#socket.emit(name, payload);
  }

  /** @throws AppError of the hub's answer, HUB_UNREACHABLE, TIMEOUT */
  async request<K extends DaemonEvent>(
    name: K,
    payload: SentPayload<K>,
    timeoutMs = stepTimeoutMs,
  ): Promise<HubReply<K>> {
    if (!this.isOpen) throw new AppError('HUB_UNREACHABLE');
    const asked = this.#socket.emitWithAck(name, payload).catch((cause: unknown) => {
      throw new AppError('HUB_UNREACHABLE', { message: `The link broke before ${name} was answered`, cause });
    });
    const answer: unknown = await within(asked, { ms: timeoutMs, what: name, clock: this.#options.clock });
    const { reply } = daemonEvents[name];
    const parsed = parseWith(resultSchema(reply ?? z.unknown()), answer, `The answer to ${name}`);
    // The schema of the reply was chosen by the same name.
    return unwrap(parsed) as HubReply<K>;
  }

  close(): void {
    this.#socket.disconnect();
    this.#end();
  }

  #handshake(): Promise<Accepted> {
    return new Promise((resolve, reject) => {
      this.#socket.on('auth.challenge', (payload: unknown, ack: Acknowledge) => {
        try {
          ack({ ok: true, data: { signature: this.#prove(payload) } });
        } catch (error) {
          ack({ ok: false, error: toWireError(error) });
          reject(error instanceof AppError ? error : new AppError('HUB_KEY_INVALID', { cause: error }));
        }
      });
      this.#socket.on('auth.accepted', (payload: unknown) => {
        const parsed = daemonEvents['auth.accepted'].payload.safeParse(payload);
        if (!this.#proven)
          reject(new AppError('HUB_KEY_INVALID', { message: 'The hub did not show its key' }));
        else if (!parsed.success) reject(new AppError('PROTOCOL_MISMATCH'));
        else {
          this.#accepted = true;
          resolve(parsed.data);
        }
      });
      this.#socket.on('auth.refused', (payload: unknown) => {
        const refusal = wireErrorSchema.safeParse(payload);
        // A newer hub may have reasons that this daemon does not know: not final, then.
        this.#refused = refusal.success
          ? withUpdateCommand(fromWireError(refusal.data))
          : new AppError('HUB_UNREACHABLE', { message: 'The hub refused this daemon for an unknown reason' });
        reject(this.#refused);
      });
      this.#socket.on('connect_error', (error: Error & { data?: unknown }) => {
        const refusal = wireErrorSchema.safeParse(error.data);
        if (refusal.success) this.#refused = fromWireError(refusal.data);
        reject(this.#refused ?? new AppError('HUB_UNREACHABLE', { message: error.message, cause: error }));
        this.#end();
      });
      this.#socket.on('disconnect', () => {
        reject(
          this.#refused ?? new AppError('HUB_UNREACHABLE', { message: 'The hub closed the connection' }),
        );
        this.#end();
      });
    });
  }

  /** @throws AppError HUB_KEY_INVALID */
  #prove(payload: unknown): string {
    const { hubId, nonce, signature } = parseWith(
      daemonEvents['auth.challenge'].payload,
      payload,
      'The challenge',
    );
    const { identity, instanceId } = this.#options;
    const { hostId, registration } = identity;
    const key = createPublicKey({
      key: Buffer.from(registration.hubPublicKey, 'base64'),
      format: 'der',
      type: 'spki',
    });
    const proof = hubProof(registration.hubId, hostId, this.#nonce, nonce);
    const genuine =
      hubId === registration.hubId && verify(null, proof, key, Buffer.from(signature, 'base64'));
    if (!genuine) throw new AppError('HUB_KEY_INVALID');
    this.#proven = true;
    return identity.sign(hostProof({ hubId, hostId, hubNonce: nonce, instanceId, daemonNonce: this.#nonce }));
  }

  #listen(): void {
    for (const name of hubEvents(this.#options.handlers)) {
      this.#socket.on(name, (payload: unknown, ack?: Acknowledge) => {
        void this.#answer(name, payload, typeof ack === 'function' ? ack : () => undefined);
      });
    }
    this.#socket.once('connect', () => {
      // There is an engine from here on, and there will be no other: this connection does not reconnect.
      overhear(this.#socket.io.engine, (data) => {
        const typed = this.isOpen && Buffer.isBuffer(data) ? decodeInput(data) : null;
        return typed && (() => void this.#answer('terminal.input', typed.input, this.#acknowledge(typed.id)));
      });
    });
  }

  /** As Socket.IO does it. */
  #acknowledge(id: number): Acknowledge {
    return (answer) => {
      if (!this.isOpen) return;
      const packets: unknown = encoder.encode({ type: ackType, data: [answer], id, nsp: namespace });
      for (const packet of packets as Buffer[]) this.#socket.io.engine.write(packet);
    };
  }

  async #answer(name: HubEvent, payload: unknown, ack: Acknowledge): Promise<void> {
    const later: (() => void)[] = [];
    const answering: Answering = { afterAnswer: (work) => later.push(work) };
    try {
      // Whoever has not shown the hub's key has nothing to say here.
      if (!this.#accepted)
        throw new AppError('UNAUTHENTICATED', { message: 'Show the key of the hub first' });
      const parsed = knownGood(name, payload) ?? this.#parse(name, payload);
      // Name, schema and handler belong together; the compiler cannot follow a union of them.
      const handle = this.#options.handlers[name] as (payload: unknown, answering: Answering) => unknown;
      const data: unknown = await handle(parsed, answering);
      ack({ ok: true, data: data ?? {} });
      for (const work of later) work();
    } catch (error) {
      if (!(error instanceof AppError))
        this.#options.logger.error({ err: error, event: name }, 'handler failed');
      ack({ ok: false, error: toWireError(error) });
    }
  }

  #parse(name: HubEvent, payload: unknown): unknown {
    try {
      return parseWith(daemonEvents[name].payload, payload, name);
    } catch (error) {
      if (error instanceof AppError) this.#options.onInvalid(error);
      throw error;
    }
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.removeAllListeners();
    for (const listener of this.#onClosed) listener(this.#refused);
  }
}

const hubEvents = (handlers: HubHandlers): HubEvent[] => Object.keys(handlers) as HubEvent[];

/** In the WebSocket, and before it in Engine.IO; it shows the former to nobody. */
function unsentBytes(socket: Socket): number {
  const { engine } = socket.io;
  // There is no engine before the first connection, whatever its type says.
  if (!(engine as unknown)) return 0;
  const { transport, writeBuffer } = engine as unknown as {
    readonly transport?: { readonly ws?: { readonly bufferedAmount?: number } };
    readonly writeBuffer: readonly { readonly data?: { readonly byteLength?: number; length?: number } }[];
  };
  const waiting = writeBuffer.reduce((sum, { data }) => sum + (data?.byteLength ?? data?.length ?? 0), 0);
  return waiting + (transport?.ws?.bufferedAmount ?? 0);
}
