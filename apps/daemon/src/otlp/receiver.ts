// The local OTLP server, HTTP and gRPC on one port: admits, reads, decodes, delivers, answers. It knows no agent and keeps no sums.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock, Logger } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { decodeRequest, maxItems, type Encoding } from './decode.js';
import { GrpcService } from './grpc-service.js';
import { answerAccepted, answerError, type Accepted } from './http-answer.js';
import { BodyReader, encodingOf, httpBody, type BodySource } from './http-body.js';
import { admit, type Approach, type Target } from './http-guard.js';
import { listen, type PortChoice } from './listen.js';
import type { OtlpBatch, Signal } from './model.js';
import { sniffProtocol } from './port-sniff.js';
import type { Source, TokenRegistry } from './token-registry.js';

/** Open connections: three exporters for each of a hundred agents, with room to spare. */
const maxConnections = 512;

interface Timeouts {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
}
const defaultTimeouts: Timeouts = { headersMs: 5_000, requestMs: 10_000, keepAliveMs: 65_000 };

/** Answers to what is not even a request, by the error code of Node. */
const rawStatus: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** What became of requests since the start, for people who look for lost telemetry. */
export interface ReceiverStats {
  accepted: number;
  /** Refused requests by HTTP status. */
  readonly refused: Map<number, number>;
  /** Items beyond the limit of their request. */
  overLimit: number;
  /** Requests whose bearer token named another session than their path. */
  mismatchedBearer: number;
}

/** A body as the agent wrote it, without compression and framing. */
export interface TakenBody {
  readonly signal: Signal;
  readonly encoding: Encoding;
  readonly bytes: Uint8Array;
}

interface ReceiverOptions {
  readonly registry: TokenRegistry;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Takes a batch for good: when it resolves the request is answered 200 and never sent again.
   * @returns how many items were of no use
   */
  readonly deliver: (source: Source, batch: OtlpBatch) => Promise<number>;
  /** Sees every body that was taken, after it was. */
  readonly onTaken?: (body: TakenBody) => void;
  readonly timeouts?: Timeouts;
}

export class OtlpReceiver {
  readonly stats: ReceiverStats = { accepted: 0, refused: new Map(), overLimit: 0, mismatchedBearer: 0 };
  readonly #options: ReceiverOptions;
  readonly #server: Server;
  readonly #grpc: GrpcService;
  readonly #endUndecided: () => void;
  readonly #bodies = new BodyReader();

  constructor(options: ReceiverOptions) {
    this.#options = options;
    const { headersMs, requestMs, keepAliveMs } = options.timeouts ?? defaultTimeouts;
    this.#server = createServer(
      {
        headersTimeout: headersMs,
        requestTimeout: requestMs,
        keepAliveTimeout: keepAliveMs,
        connectionsCheckingInterval: Math.max(100, Math.min(1_000, headersMs / 4)),
      },
      (request, response) => {
        void this.#answer(request, response);
      },
    );
    this.#server.maxConnections = maxConnections;
    this.#grpc = new GrpcService({
      clock: options.clock,
      logger: options.logger,
      requestMs,
      idleMs: keepAliveMs,
      take: (approach, body) => this.#take(this.#admit(approach), 'protobuf', body),
      failed: (cause) => this.#failed(cause),
    });
    this.#endUndecided = sniffProtocol(this.#server, {
      silenceMs: headersMs,
      onHttp2: (socket) => {
        this.#grpc.accept(socket);
      },
    });
    this.#server.on('error', (err) => {
      options.logger.error({ err }, 'telemetry server');
    });
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      const status = rawStatus[error.code ?? ''] ?? '400 Bad Request';
      this.#refused(Number.parseInt(status, 10));
      if (!socket.writable) socket.destroy();
      else socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    });
  }

  /**
   * @returns the port
   * @throws AppError LISTENER_UNAVAILABLE
   */
  listen(choice: PortChoice): Promise<number> {
    return listen(this.#server, choice);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
      this.#grpc.close();
      this.#endUndecided();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const target = this.#admit(approachOf(request));
      if (target.wanted === 'probe') response.writeHead(204).end();
      else {
        const encoding = encodingOf(request.headers);
        answerAccepted(response, await this.#take(target, encoding, httpBody(request, request.headers)));
      }
    } catch (cause) {
      answerError(request, response, this.#failed(cause));
    }
  }

  #admit(approach: Approach): Target {
    const target = admit(approach, this.#options.registry);
    if (target.mismatched) this.stats.mismatchedBearer += 1;
    return target;
  }

  async #take({ source, wanted }: Target, encoding: Encoding, body: BodySource): Promise<Accepted> {
    const signal = wanted === 'probe' ? 'any' : wanted;
    const { decoded, bytes } = await this.#bodies.read(body, (read) => ({
      decoded: decodeRequest({ signal, encoding, bytes: read }),
      bytes: read,
    }));
    const unusable = await this.#options.deliver(source, decoded.batch);
    this.stats.accepted += 1;
    this.stats.overLimit += decoded.rejected;
    const taken = decoded.batch.signal;
    this.#options.onTaken?.({ signal: taken, encoding, bytes });
    const reasons = [
      ...(decoded.rejected > 0 ? [`more than ${String(maxItems)} items in one request`] : []),
      ...(unusable > 0 ? [`${String(unusable)} items could not be used`] : []),
    ];
    const rejected = decoded.rejected + unusable;
    return { signal: taken, encoding, rejected, reason: reasons.join('; ') };
  }

  #failed(cause: unknown): AppError {
    const error = cause instanceof AppError ? cause : new AppError('INTERNAL', { cause });
    if (error.status >= 500) this.#options.logger.error({ err: error }, 'telemetry request failed');
    this.#refused(error.status);
    return error;
  }

  #refused(status: number): void {
    this.stats.refused.set(status, (this.stats.refused.get(status) ?? 0) + 1);
  }
}

const approachOf = ({ method = '', url = '', headers }: IncomingMessage): Approach => ({
  protocol: 'http',
  method,
  path: url,
  host: headers.host ?? '',
  headers,
});
