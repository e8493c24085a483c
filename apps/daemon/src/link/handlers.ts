// What the hub may ask of this daemon, by event; the link parses and answers.
import type { DaemonEvents, NamesFrom, PayloadOf, ReplyOf, SentPayloadOf } from '@roundhouse/protocol';

/** Events of the handshake, which the link itself handles. */
type Handshake = 'auth.challenge' | 'auth.accepted' | 'auth.refused';
export type HubEvent = Exclude<NamesFrom<DaemonEvents, 'hub'>, Handshake>;
export type DaemonEvent = NamesFrom<DaemonEvents, 'daemon'>;

/** What a handler may do after its answer has been sent. */
export interface Answering {
  /** Runs once the acknowledgement is on its way, so that what it sends comes after. */
  afterAnswer(work: () => void): void;
}

export type HubHandlers = {
  readonly [K in HubEvent]: (
    payload: PayloadOf<DaemonEvents[K]>,
    answering: Answering,
  ) => Promise<ReplyOf<DaemonEvents[K]>> | ReplyOf<DaemonEvents[K]>;
};

export type SentPayload<K extends DaemonEvent> = SentPayloadOf<DaemonEvents[K]>;
export type HubReply<K extends DaemonEvent> = ReplyOf<DaemonEvents[K]>;
