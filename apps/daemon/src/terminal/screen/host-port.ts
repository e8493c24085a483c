// A screen thread as the daemon sees it: messages in and out, and its end.
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FromHost, ToHost } from './messages.js';

export interface HostPort {
  post(message: ToHost): void;
  terminate(): Promise<void>;
}

export interface HostPortOptions {
  readonly scrollback: number;
  /** Shared memory. */
  readonly keys: Int32Array;
  readonly onMessage: (message: FromHost) => void;
  /** It ended without being asked to; nothing comes from it any more. */
  readonly onGone: (why: string) => void;
}

export type OpenHostPort = (options: HostPortOptions) => HostPort;

/** Some forty screens with all their scrollback; cells are outside of it. */
const heapMb = 1_024;

/** Compiled code alone can be a thread's: that of the sources is where the build puts it. */
const entry = fileURLToPath(new URL('screen-worker.js', import.meta.url)).replace(
  /\/src\/(?=terminal\/screen\/)/u,
  '/dist/',
);

/** @param file the compiled thread */
export const threadsOf =
  (file: string): OpenHostPort =>
  ({ scrollback, keys, onMessage, onGone }) => {
    const worker = new Worker(file, {
      workerData: { scrollback, keys },
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
      // Nothing of the daemon's own environment is needed there.
      env: {},
      name: 'screens',
    });
    let why = 'it ended';
    let asked = false;
    worker.on('message', onMessage);
    worker.on('error', (error) => {
      why = error.message;
    });
    worker.on('exit', () => {
      if (!asked) onGone(why);
    });
    // A daemon that has nothing else to do may end.
    worker.unref();
    return {
      post: (message) => {
        worker.postMessage(message);
      },
      terminate: async () => {
        asked = true;
        await worker.terminate();
      },
    };
  };

export const openThread = threadsOf(entry);
