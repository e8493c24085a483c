// What a session tells its surroundings.
import type { Exit, FactBody, SessionId } from '@roundhouse/protocol';

/** Output of the open stream, towards the hub. */
export interface StreamSink {
  output(at: { sessionId: SessionId; epoch: number; offset: number; data: Buffer }): void;
  resized(at: { sessionId: SessionId; epoch: number; offset: number; cols: number; rows: number }): void;
  gap(at: { sessionId: SessionId; epoch: number; from: number; to: number }): void;
  exit(at: { sessionId: SessionId; epoch: number; offset: number; exit: Exit }): void;
}

/** Keeps a fact until the hub has it. */
export type ReportFact = (body: FactBody) => Promise<void>;
