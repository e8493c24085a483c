// The framing of gRPC: one flag, four bytes of length, the message. Only unary calls, so one frame each way. Pure.
import { AppError } from '@roundhouse/protocol';

/** Bytes before the message. */
export const frameHeaderBytes = 5;

/** The packages of OTLP's services, by the signal they carry. */
const services = {
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
} as const;

export const grpcPaths: ReadonlyMap<string, keyof typeof services> = new Map([
  [services.metrics, 'metrics'],
  [services.logs, 'logs'],
  [services.traces, 'traces'],
]);

export interface Unframed {
  readonly body: Buffer;
  readonly gzip: boolean;
}

/**
 * The message of a request that carries exactly one.
 * @throws AppError BAD_REQUEST, UNSUPPORTED_MEDIA_TYPE
 */
export function unframe(bytes: Buffer, encoding: string): Unframed {
  if (bytes.length < frameHeaderBytes) throw broken('it is shorter than a frame');
  const flag = bytes[0];
  const length = bytes.readUInt32BE(1);
  if (flag !== 0 && flag !== 1) throw broken(`its flag is ${String(flag)}`);
  if (length !== bytes.length - frameHeaderBytes) throw broken('it is not one whole message');
  if (flag === 1 && encoding !== 'gzip') {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', {
      message: 'The message is compressed with something else than gzip',
      hint: 'Use gzip or no compression.',
    });
  }
  return { body: bytes.subarray(frameHeaderBytes), gzip: flag === 1 };
}

export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.alloc(frameHeaderBytes + message.length);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, frameHeaderBytes);
  return framed;
}

/** The text of a `grpc-message`: printable ASCII, the rest as percent-encoded UTF-8. */
export const grpcMessage = (text: string): string =>
  Array.from(Buffer.from(text, 'utf8'), (byte) =>
    byte >= 0x20 && byte <= 0x7e && byte !== 0x25
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');

const broken = (why: string): AppError =>
  new AppError('BAD_REQUEST', {
    message: `The gRPC request cannot be read: ${why}`,
    hint: 'Send one message in each call.',
  });
