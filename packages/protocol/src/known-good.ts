// Payloads of the events that come for each message and each key of a terminal, accepted without their schema when nothing about
// them is unusual. Whatever this does not know is for the schema to accept, to change or to refuse.
import { inputChunkBytes, outputChunkBytes } from './model/terminal.js';

type Check = (payload: Readonly<Record<string, unknown>>) => unknown;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

const isCount = (value: unknown, min: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= min;
const isLife = ({ sessionId, epoch }: Readonly<Record<string, unknown>>): boolean =>
  typeof sessionId === 'string' && uuid.test(sessionId) && isCount(epoch, 1);
const isPlace = (payload: Readonly<Record<string, unknown>>): boolean =>
  isLife(payload) && isCount(payload.offset, 0);
const isTime = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value < Infinity;

const encoder = new TextEncoder();
/** Of three bytes at most in UTF-8 each. */
const shortText = Math.floor(inputChunkBytes / 3);

function typedBytes(data: unknown): Uint8Array | null {
  if (typeof data === 'string') return data.length <= shortText ? encoder.encode(data) : null;
  return data instanceof Uint8Array && data.byteLength <= inputChunkBytes ? data : null;
}

const checks: Readonly<Record<string, Check>> = {
  'session.ack': (payload) => {
    if (!isPlace(payload)) return null;
    const { sessionId, epoch, offset } = payload;
    return { sessionId, epoch, offset };
  },
  'session.input': (payload) => {
    const { sessionId, epoch, seq, sentMs } = payload;
    const data = typedBytes(payload.data);
    if (!data || !isLife(payload) || !isCount(seq, 1)) return null;
    if (sentMs === undefined) return { sessionId, epoch, seq, data };
    return isTime(sentMs) ? { sessionId, epoch, seq, data, sentMs } : null;
  },
  'terminal.input': (payload) => {
    const { sessionId, epoch, client, seq, data, sentMs } = payload;
    if (!(data instanceof Uint8Array) || data.byteLength > inputChunkBytes) return null;
    if (!isLife(payload) || !isCount(seq, 1)) return null;
    if (typeof client !== 'string' || client.length > 100 || !isTime(sentMs)) return null;
    return { sessionId, epoch, client, seq, data, sentMs };
  },
  'terminal.ack': (payload) => {
    if (!isPlace(payload)) return null;
    const { sessionId, epoch, offset } = payload;
    return { sessionId, epoch, offset };
  },
  'terminal.output': (payload) => {
    const { sessionId, epoch, offset, data } = payload;
    if (!(data instanceof Uint8Array) || data.byteLength > outputChunkBytes || !isPlace(payload)) return null;
    return { sessionId, epoch, offset, data };
  },
};

/** What the schema of this event would give, or null when it must be asked. */
export function knownGood(name: string, payload: unknown): unknown {
  const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
  return check && typeof payload === 'object' && payload !== null
    ? check(payload as Readonly<Record<string, unknown>>)
    : null;
}
