// One thing that an agent told by a hook, its plugin or its status line, and how the file it came in is read.
import type { SessionId } from '@roundhouse/protocol';

/** Which life of which session: that of the directory the file lay in, whatever the file says. */
export interface HookSource {
  readonly sessionId: SessionId;
  readonly epoch: number;
}

export interface HookEvent extends HookSource {
  /** The agent's own name for it, such as `PermissionRequest` or `session.idle`; `status` is the status line. */
  readonly event: string;
  /** What came with it; empty when that was no JSON object, or too much. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** When the daemon took it, monotonic ms. */
  readonly receivedAt: number;
  /** How long it had been waiting by then, in ms: much only if the daemon was away. */
  readonly ageMs: number;
}

/**
 * Told in the order in which the agent spoke. What a listener returns is awaited before the event is thrown away, so
 * that one who keeps it on disk gets it again after a crash; it must bear a repeat. A rejection is logged.
 */
export type HookListener = (event: HookEvent) => void | Promise<void>;

const EVENT_FILE = /^([A-Za-z][\w.-]{0,59})\.(\d{1,10})(?:-(\d{1,10}))?\.json$/;

export interface EventFileName {
  readonly event: string;
  /** Process that wrote it, and which of its files: the order within one tick of the file system's clock. */
  readonly process: number;
  readonly nth: number;
}

/** Null for a file that no relay writes. */
export function parseEventFile(name: string): EventFileName | null {
  const [, event, process, nth = '0'] = EVENT_FILE.exec(name) ?? [];
  return event === undefined ? null : { event, process: Number(process), nth: Number(nth) };
}

/** A file that is no JSON object still tells that its event happened. */
export function parsePayload(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
