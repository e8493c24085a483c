// Test support: one HTTP request with exactly the given headers, and its answer.
import { request } from 'node:http';

export interface Sent {
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | string;
  /** Sends the body in pieces without Content-Length, as exporters do. */
  readonly chunked?: boolean;
}

export interface Answered {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

export function send({
  port,
  path,
  method = 'POST',
  headers = {},
  body = '',
  chunked,
}: Sent): Promise<Answered> {
  const bytes = Buffer.from(body);
  const length: Record<string, string> = chunked === true ? {} : { 'content-length': String(bytes.length) };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method, agent: false, headers: { ...length, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          });
        });
      },
    );
    sent.on('error', reject);
    if (chunked === true) {
      for (let at = 0; at < bytes.length; at += 1000) sent.write(bytes.subarray(at, at + 1000));
      sent.end();
    } else sent.end(bytes);
  });
}

export const jsonType = { 'content-type': 'application/json' } as const;
export const protobufType = { 'content-type': 'application/x-protobuf' } as const;
