// OTLP over gRPC: HTTP/2 connections on the receiver's port, one unary call a stream. What a call means is decided elsewhere.
import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock, Logger } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { frame, grpcMessage, unframe } from './grpc-frames.js';
import { acceptedMessage, grpcCodeOf, type Accepted } from './http-answer.js';
import type { BodySource } from './http-body.js';
import type { Approach } from './http-guard.js';
import { RateLimit } from './rate-limit.js';

/** Calls at once of one connection: three signals of one agent, with room to spare. */
const maxStreams = 32;
/** Bytes of the headers of a call. */
const maxHeaderBytes = 16 * 1024;
/** Pairs of headers of a call. */
const maxHeaderPairs = 64;
/** Memory of one connection in MB, in the words of node:http2. */
const sessionMemoryMb = 10;
/** Frames of a connection that are no HTTP/2 before it is closed. */
const maxInvalidFrames = 20;
/**
 * Calls, pings and settings a second of one connection, begun or taken back. An agent makes ten calls; beyond
 * this somebody floods, and the connection is closed.
 */
const maxEventsPerSecond = 200;

const bounds = {
  maxSessionMemory: sessionMemoryMb,
  maxHeaderListPairs: maxHeaderPairs,
  maxSessionInvalidFrames: maxInvalidFrames,
  maxSessionRejectedStreams: maxStreams,
  settings: { maxConcurrentStreams: maxStreams, maxHeaderListSize: maxHeaderBytes, enablePush: false },
};

const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_NO_ERROR, NGHTTP2_CANCEL } = constants;
const contentType = 'application/grpc';
const deadlineExceeded = 4;
/** What gRPC calls a method, a service or a compression that is not there. */
const unimplemented = 12;
const unavailable = 14;

/** Codes that differ from those in the body of an HTTP answer. */
const callCodes: Readonly<Record<string, number>> = {
  NOT_FOUND: unimplemented,
  UNSUPPORTED_MEDIA_TYPE: unimplemented,
  // Exporters send again what was "unavailable", and give up what was "exhausted".
  RATE_LIMITED: unavailable,
};

export interface GrpcOptions {
  /** Takes a call for good. @throws AppError */
  readonly take: (approach: Approach, body: BodySource) => Promise<Accepted>;
  /** @returns what the caller is told of a failure, after it was counted */
  readonly failed: (cause: unknown) => AppError;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A call that is not there whole after so long is ended. */
  readonly requestMs: number;
  /** A connection without a call for so long is closed. */
  readonly idleMs: number;
}

export class GrpcService {
  readonly #options: GrpcOptions;
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor(options: GrpcOptions) {
    this.#options = options;
    this.#server = createServer(bounds);
    this.#server.on('session', (session: ServerHttp2Session) => {
      this.#guard(session);
    });
    this.#server.on('stream', (stream, headers) => {
      void this.#answer(stream, headers);
    });
    this.#server.on('sessionError', (err: Error) => {
      options.logger.debug({ err }, 'telemetry connection');
    });
  }

  /** Takes over a connection that has begun to speak HTTP/2. */
  accept(socket: Socket): void {
    this.#server.emit('connection', socket);
  }

  close(): void {
    for (const session of this.#sessions) session.destroy();
  }

  /** Floods cost a connection, and nobody else anything. */
  #guard(session: ServerHttp2Session): void {
    const { clock, idleMs, logger } = this.#options;
    const limit = new RateLimit(maxEventsPerSecond, clock);
    const count = (): void => {
      if (limit.take() || session.destroyed) return;
      logger.warn('a telemetry connection was closed: too many calls, pings or settings');
      session.goaway(NGHTTP2_ENHANCE_YOUR_CALM);
      session.destroy();
    };
    this.#sessions.add(session);
    session.on('close', () => this.#sessions.delete(session));
    session.on('stream', count);
    session.on('ping', count);
    session.on('remoteSettings', count);
    session.setTimeout(idleMs, () => {
      session.close();
    });
  }

  async #answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const cancel = this.#options.clock.after(this.#options.requestMs, () => {
      refuse(stream, deadlineExceeded, 'The call did not arrive in time');
      stream.close(NGHTTP2_CANCEL);
    });
    stream.on('error', () => undefined);
    stream.once('close', cancel);
    try {
      if (!isGrpc(headers)) {
        this.#options.failed(new AppError('UNSUPPORTED_MEDIA_TYPE'));
        stream.respond({ ':status': 415 }, { endStream: true });
      } else {
        const accepted = await this.#options.take(approachOf(headers), bodyOf(stream, headers));
        accept(stream, accepted);
      }
    } catch (cause) {
      const error = this.#options.failed(cause);
      refuse(stream, callCodes[error.code] ?? grpcCodeOf(error), `${error.message}. ${error.hint}`);
    } finally {
      // The rest of a refused body is not read.
      if (!stream.readableEnded && !stream.closed) stream.close(NGHTTP2_NO_ERROR);
    }
  }
}

const isGrpc = (headers: IncomingHttpHeaders): boolean =>
  /^application\/grpc(\+proto)?(;|$)/i.test(headers['content-type'] ?? '');

const approachOf = (headers: IncomingHttpHeaders): Approach => ({
  protocol: 'grpc',
  method: headers[':method'] ?? '',
  path: headers[':path'] ?? '',
  host: headers[':authority'] ?? headers.host ?? '',
  headers,
});

function bodyOf(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): BodySource {
  const encoding = headers['grpc-encoding'];
  return {
    stream,
    declared: Number(headers['content-length'] ?? 0),
    unpack: (sent) => unframe(sent, typeof encoding === 'string' ? encoding.toLowerCase() : 'identity'),
  };
}

function accept(stream: ServerHttp2Stream, accepted: Accepted): void {
  if (stream.headersSent || stream.closed) return;
  stream.respond(
    { ':status': 200, 'content-type': contentType, 'grpc-accept-encoding': 'identity,gzip' },
    { waitForTrailers: true },
  );
  stream.once('wantTrailers', () => {
    stream.sendTrailers({ 'grpc-status': '0' });
  });
  stream.end(frame(acceptedMessage(accepted)));
}

/** The answer of a call that failed has no body: its trailers come as its headers. */
function refuse(stream: ServerHttp2Stream, code: number, text: string): void {
  if (stream.headersSent || stream.closed || stream.destroyed) return;
  const status = { 'grpc-status': String(code), 'grpc-message': grpcMessage(text.replace(/\.\. /g, '. ')) };
  stream.respond({ ':status': 200, 'content-type': contentType, ...status }, { endStream: true });
}
