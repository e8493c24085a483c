// The one live connection of this page: namespace /ui, WebSocket only, by the session cookie.
import { io } from 'socket.io-client';
import { connection } from './connection.js';
import { UiLink } from './ui-link.js';

const socket = io('/ui', {
  path: '/socket.io',
  transports: ['websocket'],
  autoConnect: false,
  withCredentials: true,
  reconnectionDelay: 400,
  reconnectionDelayMax: 5000,
  randomizationFactor: 0.5,
  timeout: 8000,
});

/** `link.request(event, payload)`, `link.send(…)`, `link.on(event, handler)`. */
export const link = new UiLink(socket, connection);

window.addEventListener('offline', () => link.deviceOffline());
window.addEventListener('online', () => {
  const { phase } = connection.get();
  if (phase === 'offline' || phase === 'reconnecting') link.reconnect();
});
