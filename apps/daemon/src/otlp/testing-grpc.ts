// Test support: HTTP/2 connections to the receiver, and single gRPC calls with exactly the given bytes.
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { frame, grpcPaths } from './grpc-frames.js';
import type { Signal } from './model.js';

export interface Call {
  readonly path?: string;
  readonly headers?: Record<string, string>;
  /** The bytes of the call, with their framing. */
  readonly sent: Uint8Array;
}

export interface Called {
  readonly httpStatus: number;
  /** null when the call ended without one. */
  readonly status: number | null;
  readonly message: string;
  readonly body: Buffer;
}

export const pathOf = (signal: Signal): string =>
  [...grpcPaths].find(([, known]) => known === signal)?.[0] ?? '';

export const framed = (message: Uint8Array, compressed = false): Buffer => {
  const bytes = frame(message);
  bytes[0] = compressed ? 1 : 0;
  return bytes;
};

export function openSession(port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${String(port)}`);
  session.on('error', () => undefined);
  return session;
}

export function call(session: ClientHttp2Session, { path, headers = {}, sent }: Call): Promise<Called> {
  return new Promise((resolve) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path ?? pathOf('metrics'),
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let answered: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    stream.on('response', (said) => (answered = said));
    stream.on('trailers', (said: IncomingHttpHeaders) => (trailers = said));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => undefined);
    stream.on('close', () => {
      const all = { ...answered, ...trailers };
      const status = all['grpc-status'];
      resolve({
        httpStatus: Number(all[':status'] ?? 0),
        status: typeof status === 'string' ? Number(status) : null,
        message: decodeURIComponent(String(all['grpc-message'] ?? '')),
        body: Buffer.concat(chunks),
      });
    });
    stream.end(sent);
  });
}
