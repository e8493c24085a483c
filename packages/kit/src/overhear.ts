// A short way for messages that come for each key and each screenful: looked at before the library that a connection belongs to
// sees them, and handled in the same order as what goes through it.

/** What Engine.IO's sockets are at both ends, of which `data` is a documented event. */
export interface Receiving {
  listeners(event: 'data'): unknown[];
  on(event: 'data', listener: (data: unknown) => void): unknown;
  off(event: 'data', listener: (data: unknown) => void): unknown;
}

/**
 * Shows every message to `read`, which gives what to do with it, or null to leave it to those who listened before.
 * What they were given is handled in a later tick, so what comes after it in this one waits for that, too.
 */
export function overhear(connection: Receiving, read: (data: unknown) => (() => void) | null): void {
  // A copy: some emitters give the list that they use themselves.
  const theirs = [...connection.listeners('data')] as ((data: unknown) => void)[];
  /** Messages that went the long way and are not handled yet. */
  let ahead = 0;
  const passed = (): void => {
    ahead -= 1;
  };
  for (const listener of theirs) connection.off('data', listener);
  connection.on('data', (data) => {
    const work = read(data);
    if (work) {
      if (ahead === 0) work();
      else process.nextTick(work);
      return;
    }
    for (const listener of theirs) listener.call(connection, data);
    ahead += 1;
    process.nextTick(passed);
  });
}
