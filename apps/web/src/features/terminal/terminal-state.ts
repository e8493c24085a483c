// What the page shows about one view of a session.
import type { Exit } from '@roundhouse/protocol';
import type { ApiError } from '../../lib/api-error.js';
import type { Progress } from './input-sender.js';

export interface ViewerName {
  readonly id: string;
  readonly user: string;
}

export interface TerminalState {
  /** `unreachable`: the hub is there, the host is not. `refused`: the hub said no, see `error`. */
  readonly phase: 'attaching' | 'live' | 'detached' | 'unreachable' | 'refused';
  readonly error: ApiError | null;
  readonly epoch: number | null;
  readonly cols: number;
  readonly rows: number;
  /** Whether this view types and sets the size. */
  readonly controls: boolean;
  readonly controller: ViewerName | null;
  readonly viewers: readonly ViewerName[];
  readonly viewerId: string | null;
  /** A screen was promised and is on its way. */
  readonly awaiting: boolean;
  /** History still to be shown, in bytes; null once it is. */
  readonly replay: Progress | null;
  /** Bytes that are gone for good. */
  readonly dropped: number;
  readonly exit: Exit | null;
  /** Why the last thing typed was not sent; null once something was. */
  readonly notSent: ApiError | null;
  readonly echoMs: number | null;
  /** A large paste under way. */
  readonly paste: Progress | null;
}

/** Before the first attach. */
export const initialState: TerminalState = {
  phase: 'attaching',
  error: null,
  epoch: null,
  cols: 80,
  rows: 24,
  controls: false,
  controller: null,
  viewers: [],
  viewerId: null,
  awaiting: false,
  replay: null,
  dropped: 0,
  exit: null,
  notSent: null,
  echoMs: null,
  paste: null,
};
