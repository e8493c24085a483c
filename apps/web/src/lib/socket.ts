// The one live connection of this page. Its code loads only once somebody is signed in.
import { connection } from './connection.js';
import { UiLink } from './ui-link.js';

/** `link.request(event, payload)`, `link.send(…)`, `link.on(event, handler)`. */
export const link = new UiLink(async () => (await import('./open-socket.js')).openSocket(), connection);

window.addEventListener('offline', () => link.deviceOffline());
window.addEventListener('online', () => {
  const { phase } = connection.get();
  if (phase === 'offline' || phase === 'reconnecting') link.reconnect();
});
