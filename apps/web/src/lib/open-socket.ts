// Socket.IO as the hub speaks it: namespace /ui, WebSocket only, by the session cookie.
import { io } from 'socket.io-client';
import { underBase } from './base-path.js';
import type { RawSocket } from './ui-link.js';

export function openSocket(): RawSocket {
  return io('/ui', {
    path: underBase('/socket.io'),
    transports: ['websocket'],
    autoConnect: false,
    withCredentials: true,
    reconnectionDelay: 400,
    reconnectionDelayMax: 5000,
    randomizationFactor: 0.5,
    timeout: 8000,
  });
}
