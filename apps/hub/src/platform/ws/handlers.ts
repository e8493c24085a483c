// Binds gateway methods to socket events of the registries. The binder finds them at start and checks that none is missing.
import { SetMetadata } from '@nestjs/common';
import type {
  DaemonEvents,
  HostId,
  InstanceId,
  NamesFrom,
  PayloadOf,
  ReplyOf,
  SentPayloadOf,
  UiEvents,
} from '@roundhouse/protocol';
import type { Actor } from '../../auth/actor.js';

export const UI_HANDLER = 'roundhouse:ui-event';
export const DAEMON_HANDLER = 'roundhouse:daemon-event';

export type FromBrowser = NamesFrom<UiEvents, 'browser'>;
export type ToBrowser = NamesFrom<UiEvents, 'hub'>;
export type FromDaemon = NamesFrom<DaemonEvents, 'daemon'>;
export type ToDaemon = NamesFrom<DaemonEvents, 'hub'>;

/** A connected and authenticated browser, or script with an API token. */
export interface UiSocket {
  readonly id: string;
  readonly actor: Actor;
  emit<K extends ToBrowser>(name: K, payload: SentPayloadOf<UiEvents[K]>): void;
  /** Several events without bytes at once, which are the same list for many sockets. */
  emitAll<K extends ToBrowser>(name: K, payloads: readonly SentPayloadOf<UiEvents[K]>[]): void;
  /** Bytes that the transport has not sent yet. */
  bufferedBytes(): number;
  onClose(listener: () => void): void;
  close(): void;
}

/** A connected daemon that has proven its host key. Its host is known from here, never from a payload. */
export interface DaemonSocket {
  readonly hostId: HostId;
  readonly instanceId: InstanceId;
  /** Grows with each accepted connection of the host; what an older one says is ignored. */
  readonly generation: number;
  /** The protocol version that both speak. */
  readonly protocol: number;
  emit<K extends ToDaemon>(name: K, payload: SentPayloadOf<DaemonEvents[K]>): void;
  /** @throws AppError of the daemon's answer, TIMEOUT, or HOST_UNREACHABLE when the link breaks first. */
  request<K extends ToDaemon>(
    name: K,
    payload: SentPayloadOf<DaemonEvents[K]>,
    options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<ReplyOf<DaemonEvents[K]>>;
  onClose(listener: () => void): void;
  close(): void;
}

type Handler<P, S, R> = (payload: P, socket: S) => R | Promise<R>;

/** Handles a browser event: payload parsed, permission checked, errors turned into the acknowledgement. */
export const OnUi =
  <K extends FromBrowser>(name: K) =>
  <H extends Handler<PayloadOf<UiEvents[K]>, UiSocket, ReplyOf<UiEvents[K]>>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    SetMetadata(UI_HANDLER, name)(target, key, descriptor);
  };

/** Handles a daemon event: payload parsed, connection current. The handler checks that a session is the host's own. */
export const OnDaemon =
  <K extends FromDaemon>(name: K) =>
  <H extends Handler<PayloadOf<DaemonEvents[K]>, DaemonSocket, ReplyOf<DaemonEvents[K]>>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    SetMetadata(DAEMON_HANDLER, name)(target, key, descriptor);
  };
