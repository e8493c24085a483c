// What the daemon and its screen threads say to each other. Within one process and one build, so nothing is parsed.
import type { SessionId, TerminalGrid, TerminalPreview, TerminalSnapshot } from '@roundhouse/protocol';
import type { SignalReading, SignalRules } from './signal-rules.js';

/** Which screen, and all that a thread needs to make it. */
export interface ScreenSpec {
  readonly sessionId: SessionId;
  readonly epoch: number;
  /** Directory of the epoch: the keeper's file, the spool, the checkpoint. */
  readonly dir: string;
  readonly cols: number;
  readonly rows: number;
  /** Follow the keeper; else what the files have is drawn once. */
  readonly live: boolean;
  /** Queries are answered from this byte on; `head`: only what is printed after the thread has joined. */
  readonly answersFrom: number | 'head';
}

export type Question =
  | { readonly kind: 'snapshot'; readonly scrollback: number }
  | { readonly kind: 'grid'; readonly atLeast: number }
  | { readonly kind: 'preview' }
  /** The visible rows as text. */
  | { readonly kind: 'text' };

export interface Answers {
  snapshot: TerminalSnapshot;
  grid: TerminalGrid;
  preview: TerminalPreview;
  text: readonly string[];
}

export type ToHost =
  | { readonly kind: 'open'; readonly spec: ScreenSpec; readonly watched: boolean }
  | { readonly kind: 'ask'; readonly id: number; readonly spec: ScreenSpec; readonly question: Question }
  | { readonly kind: 'watch'; readonly key: string; readonly watched: boolean }
  | { readonly kind: 'recognise'; readonly key: string; readonly rules: SignalRules }
  /** Let go without a trace. */
  | { readonly kind: 'close'; readonly id: number; readonly key: string }
  /** Write checkpoints of everything that changed. */
  | { readonly kind: 'save'; readonly id: number };

export type FromHost =
  | { readonly kind: 'answered'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refused'; readonly id: number; readonly code: string; readonly message: string }
  /** To be typed to the agent. */
  | { readonly kind: 'type'; readonly sessionId: SessionId; readonly epoch: number; readonly text: string }
  | { readonly kind: 'preview'; readonly sessionId: SessionId; readonly preview: TerminalPreview }
  | {
      readonly kind: 'reading';
      readonly sessionId: SessionId;
      readonly epoch: number;
      readonly reading: SignalReading;
    }
  /** The output has ended, and all of it is drawn and stored. */
  | { readonly kind: 'final'; readonly key: string }
  | { readonly kind: 'log'; readonly key: string; readonly message: string };

export const screenKey = ({ sessionId, epoch }: Pick<ScreenSpec, 'sessionId' | 'epoch'>): string =>
  `${sessionId}.${String(epoch)}`;
