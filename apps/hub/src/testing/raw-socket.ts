// A WebSocket without Socket.IO's manners: any header, any frame.
import { WebSocket } from 'ws';

export type UpgradeResult =
  { readonly status: number; readonly socket: null } | { readonly status: 101; readonly socket: WebSocket };

/** The status of the upgrade, and the connection when there is one. */
export function upgrade(url: string, headers: Readonly<Record<string, string>> = {}): Promise<UpgradeResult> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers: { ...headers } });
    socket.once('unexpected-response', (request, response) => {
      response.resume();
      request.destroy();
      resolve({ status: response.statusCode ?? 0, socket: null });
    });
    socket.once('open', () => {
      resolve({ status: 101, socket });
    });
    socket.on('error', (error) => {
      if (!/Unexpected server response|before the connection/.test(error.message)) reject(error);
    });
  });
}
