// The events that a page sends to the hub, read off its socket.
import type { Page } from '@playwright/test';

export interface SentEvent {
  readonly name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly payload: any;
}

/** Call before the page opens its socket. Events with bytes carry placeholders in their place. */
export function watchSent(page: Page): SentEvent[] {
  const sent: SentEvent[] = [];
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      // An event of Socket.IO: 42/namespace,id["name",payload]; 45n- in front of one with bytes.
      const json = /^4[25](?:\d+-)?\/ui,\d*(\[.*\])$/s.exec(String(payload))?.[1];
      if (json === undefined) return;
      const [name, body] = JSON.parse(json) as [string, unknown];
      sent.push({ name, payload: body });
    });
  });
  return sent;
}
