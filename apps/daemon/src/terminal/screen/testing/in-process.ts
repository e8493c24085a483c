// For tests: a screen thread that is none, so that they need no build.
import { systemClock } from '@roundhouse/kit';
import type { HostPort, OpenHostPort } from '../host-port.js';
import type { FromHost } from '../messages.js';
import { ScreenHost } from '../screen-host.js';

/** Every open host, with a way to end it as a fault would. */
export class InProcessHosts {
  readonly open: { die: () => void; messages: FromHost[] }[] = [];

  readonly openHost: OpenHostPort = ({ scrollback, keys, onMessage, onGone }): HostPort => {
    let dead = false;
    const messages: FromHost[] = [];
    const host = new ScreenHost({
      ...{ clock: systemClock, scrollback, keys },
      post: (message) => {
        const copy = structuredClone(message);
        setImmediate(() => {
          if (dead) return;
          messages.push(copy);
          onMessage(copy);
        });
      },
    });
    const end = async (): Promise<void> => {
      dead = true;
      await host.dispose();
    };
    this.open.push({
      messages,
      die: () => {
        void end().then(() => {
          onGone('a test');
        });
      },
    });
    return {
      post: (message) => {
        const copy = structuredClone(message);
        setImmediate(() => {
          if (!dead) host.handle(copy);
        });
      },
      terminate: end,
    };
  };
}
