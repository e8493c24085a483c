// Entry of a screen thread.
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '@roundhouse/kit';
import type { ToHost } from './messages.js';
import { ScreenHost } from './screen-host.js';

interface Given {
  readonly scrollback: number;
  readonly looks: boolean;
}

const port = parentPort;
if (port) {
  const { scrollback, looks } = workerData as Given;
  const host = new ScreenHost({
    ...{ clock: systemClock, scrollback, looks },
    post: (message, transfer = []) => {
      port.postMessage(message, transfer);
    },
  });
  port.on('message', (message: ToHost) => {
    host.handle(message);
  });
}
