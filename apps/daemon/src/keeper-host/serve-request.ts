// One connection to a keeper host: a line that asks, the work, a line that answers.
import type { Socket } from 'node:net';
import type { Logger } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { answerers } from './operations.js';
import { CANCEL, keeperHostVersions, REQUEST_BYTES_MAX, requestSchema, type answerSchema } from './wire.js';
import type { z } from 'zod';

/** Whoever connects asks at once. */
const REQUEST_TIMEOUT_MS = 10_000;

export interface ServeContext {
  readonly stateDir: string;
  readonly logger: Logger;
}

/** Never rejects. A connection that breaks lets the work go on; only the word `cancel` ends it. */
export async function serveRequest(socket: Socket, context: ServeContext): Promise<void> {
  const cancelled = new AbortController();
  socket.on('error', () => undefined);
  const reply = await answerTo(socket, cancelled, context).catch((error: unknown) => refusal(error, context));
  socket.write(`${JSON.stringify(reply)}\n`);
  socket.destroySoon();
}

async function answerTo(
  socket: Socket,
  cancelled: AbortController,
  { stateDir, logger }: ServeContext,
): Promise<z.input<typeof answerSchema>> {
  const line = await firstLine(socket, () => {
    cancelled.abort(new AppError('SHUTTING_DOWN', { message: 'The daemon gave it up' }));
  });
  const { v, op, ask } = parsed(line);
  const { min, max } = keeperHostVersions;
  if (v < min || v > max) {
    throw new AppError('PROTOCOL_MISMATCH', {
      message: `This keeper host speaks ${String(min)} to ${String(max)}`,
    });
  }
  const answerer = answerers.get(op);
  if (!answerer)
    throw new AppError('BAD_REQUEST', { message: 'This keeper host does not know what was asked' });
  logger.debug({ op }, 'asked');
  return { ok: true, answer: await answerer(ask, { stateDir, signal: cancelled.signal }) };
}

function refusal(error: unknown, { logger }: ServeContext): z.input<typeof answerSchema> {
  if (error instanceof AppError) {
    const { code, message, hint } = error;
    return { ok: false, code, message, hint };
  }
  logger.error({ err: error }, 'a request failed');
  return { ok: false, code: 'INTERNAL', message: 'The keeper host failed; its log says why' };
}

function parsed(line: string): z.output<typeof requestSchema> {
  try {
    return requestSchema.parse(JSON.parse(line));
  } catch {
    throw new AppError('BAD_REQUEST', { message: 'The request is not one of a daemon' });
  }
}

/** @param onCancel called when the daemon says so after its request */
function firstLine(socket: Socket, onCancel: () => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    let after: string | null = null;
    const timer = setTimeout(() => {
      reject(new AppError('TIMEOUT', { message: 'No request came' }));
    }, REQUEST_TIMEOUT_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new AppError('BAD_REQUEST', { message: 'The connection ended before the request did' }));
    });
    socket.on('data', (chunk: Buffer) => {
      if (after !== null) {
        after = (after + chunk.toString('latin1')).slice(0, CANCEL.length);
      } else {
        const end = chunk.indexOf('\n');
        length += chunk.length;
        if (length > REQUEST_BYTES_MAX) {
          socket.pause();
          reject(new AppError('BODY_TOO_LARGE'));
          return;
        }
        parts.push(end < 0 ? chunk : chunk.subarray(0, end));
        if (end < 0) return;
        clearTimeout(timer);
        after = chunk.subarray(end + 1).toString('latin1');
        resolve(Buffer.concat(parts).toString('utf8'));
      }
      if (after === CANCEL) onCancel();
    });
  });
}
