// One port for HTTP/1.1 and HTTP/2 without TLS: the first bytes of a connection say which it is.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How HTTP/2 with prior knowledge begins; no request of HTTP/1 does. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export interface SniffOptions {
  /** Takes the connections that speak HTTP/2. */
  readonly onHttp2: (socket: Socket) => void;
  /** A connection that does not say what it is for so long is closed. */
  readonly silenceMs: number;
}

/** 'more' while the bytes so far are a part of the preface. */
function speaks(bytes: Uint8Array): 'http1' | 'http2' | 'more' {
  const compared = Math.min(bytes.length, preface.length);
  if (!preface.subarray(0, compared).equals(bytes.subarray(0, compared))) return 'http1';
  return compared === preface.length ? 'http2' : 'more';
}

/**
 * Puts itself before the server's own handling of connections.
 * @returns closes the connections that have not said yet what they are
 */
export function sniffProtocol(server: Server, { onHttp2, silenceMs }: SniffOptions): () => void {
  // The server's own listener; it is called for what speaks HTTP/1.
  const http1 = server.listeners('connection');
  server.removeAllListeners('connection');
  const undecided = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    let seen = Buffer.alloc(0);
    undecided.add(socket);
    const ignore = (): void => undefined;
    const silent = setTimeout(() => socket.destroy(), silenceMs).unref();
    const forget = (): void => {
      clearTimeout(silent);
      undecided.delete(socket);
    };
    const onData = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk]);
      const protocol = speaks(seen);
      if (protocol === 'more') return;
      forget();
      socket.off('data', onData).off('close', forget).off('error', ignore);
      socket.pause();
      socket.unshift(seen);
      if (protocol === 'http2') {
        onHttp2(socket);
        return;
      }
      for (const listener of http1) Reflect.apply(listener, server, [socket]);
      process.nextTick(() => socket.resume());
    };
    socket.on('data', onData).on('close', forget).on('error', ignore);
  });
  return () => {
    for (const socket of undecided) socket.destroy();
  };
}
