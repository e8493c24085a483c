// Which loopback port the receiver takes, and what it says when there is none.
import type { Server } from 'node:http';
import { AppError } from '@roundhouse/protocol';

export const loopback = '127.0.0.1';
/** Ports tried upwards from a default that is taken, before any free one is. */
const nextPorts = 10;

export interface PortChoice {
  /** 0 means any free port. */
  readonly port: number;
  /** Whether a person chose it: then no other will do. */
  readonly explicit: boolean;
  /** The port of the daemon's last run: agents that still run have it in their environment. */
  readonly previous?: number;
}

/**
 * Starts to listen on 127.0.0.1.
 * @returns the port
 * @throws AppError LISTENER_UNAVAILABLE when an explicit port, or every port, is taken
 */
export async function listen(server: Server, choice: PortChoice): Promise<number> {
  let failure: unknown;
  for (const port of candidates(choice)) {
    try {
      return await tryListen(server, port);
    } catch (error) {
      failure = error;
    }
  }
  const code = failure instanceof Error && 'code' in failure ? String(failure.code) : 'unknown error';
  throw new AppError('LISTENER_UNAVAILABLE', {
    message: `The telemetry receiver cannot listen on ${loopback}:${String(choice.port)} (${code})`,
    hint: 'Free the port, set OTLP_PORT to another one, or OTLP_PORT=0 for any. Sessions start without telemetry.',
    cause: failure,
  });
}

function candidates({ port, explicit, previous }: PortChoice): number[] {
  if (explicit && port !== 0) return [port];
  const upwards = port === 0 ? [] : Array.from({ length: nextPorts }, (_, index) => port + index);
  const all = [...(previous === undefined ? [] : [previous]), ...upwards, 0];
  return all.filter((candidate) => candidate <= 65_535);
}

function tryListen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      server.off('listening', onListening);
      reject(error);
    };
    const onListening = (): void => {
      server.off('error', onError);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen({ host: loopback, port, exclusive: true });
  });
}
