// Asks a keeper host one thing, and waits for its answer or says in typed words that none came.
import { connect, type Socket } from 'node:net';
import { systemClock, within, type Clock } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import type { z } from 'zod';
import {
  ANSWER_BYTES_MAX,
  answerSchema,
  CANCEL,
  keeperHostVersions,
  REQUEST_BYTES_MAX,
  type Operation,
} from './wire.js';

/** Most operations only look at files. */
const ANSWER_TIMEOUT_MS = 5_000;
/** A local connection is taken at once, or nobody takes it. */
const CONNECT_TIMEOUT_MS = 1_000;

export interface AskOptions {
  readonly socketPath: string;
  readonly timeoutMs?: number;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @throws AppError KEEPER_UNREACHABLE or the signal's reason, and the work is given up there; what the keeper host
 * refuses it with
 */
export async function ask<A extends z.ZodType, R extends z.ZodType>(
  operation: Operation<A, R>,
  asked: z.input<A>,
  options: AskOptions,
): Promise<z.output<R>> {
  const { socketPath, timeoutMs = ANSWER_TIMEOUT_MS, clock = systemClock, signal } = options;
  signal?.throwIfAborted();
  const request = `${JSON.stringify({ v: keeperHostVersions.max, op: operation.name, ask: asked })}\n`;
  if (Buffer.byteLength(request) > REQUEST_BYTES_MAX) throw new AppError('BODY_TOO_LARGE');
  const socket = connect(socketPath);
  const wait = { ms: timeoutMs, what: 'the answer of the keeper host', clock };
  const line = lastLine(socket);
  try {
    socket.write(request);
    return answerOf(operation, await within(line, signal ? { ...wait, signal } : wait).catch(silent));
  } catch (error) {
    if (!socket.destroyed) socket.end(CANCEL);
    throw error;
  } finally {
    line.catch(() => undefined);
    socket.destroySoon();
  }
}

/** Not for what the keeper host answers: there a TIMEOUT is that of the keeper. */
function silent(error: unknown): never {
  throw error instanceof AppError && error.code === 'TIMEOUT' ? unreachable(error) : error;
}

/** Whether somebody takes connections there. */
export function isAnswering(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const done = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, done(false)).once('error', done(false)).once('connect', done(true));
  });
}

export const unreachable = (cause?: unknown): AppError =>
  new AppError('KEEPER_UNREACHABLE', {
    message: 'The keeper host does not answer: no agent can be started',
    hint: 'See that the container of the keepers runs (podman ps), and what its log says. What runs goes on.',
    cause,
  });

/** All that comes until the other side has ended. */
function lastLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    socket.on('data', (chunk: Buffer) => {
      parts.push(chunk);
      length += chunk.length;
      if (length > ANSWER_BYTES_MAX) socket.destroy(new Error('the answer is too long'));
    });
    socket.once('error', (error) => {
      reject(unreachable(error));
    });
    socket.once('close', () => {
      const text = Buffer.concat(parts).toString('utf8');
      if (text.endsWith('\n')) resolve(text);
      else reject(unreachable());
    });
  });
}

function answerOf<A extends z.ZodType, R extends z.ZodType>(
  { answer }: Operation<A, R>,
  line: string,
): z.output<R> {
  const told = answerSchema.safeParse(parse(line));
  if (!told.success) throw unreachable(told.error);
  if (!told.data.ok) {
    const { code, message, hint } = told.data;
    throw new AppError(code, hint === undefined ? { message } : { message, hint });
  }
  const parsed = answer.safeParse(told.data.answer);
  if (!parsed.success) throw unreachable(parsed.error);
  return parsed.data;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
