// What a page is told of a host while a test goes on.
import type { Host } from '@roundhouse/protocol';
import type { DaemonProcess } from './daemon.js';
import type { Stack } from './stack.js';

/** The states of the host in the order in which they are told from now on. */
export async function watchHost(stack: Stack, daemon: DaemonProcess): Promise<string[]> {
  const states: string[] = [];
  const ui = await stack.ui();
  ui.on('entity.changed', ({ kind, id, entity }: { kind: string; id: string; entity?: Host }) => {
    if (kind === 'host' && id === daemon.hostId && entity) states.push(entity.state);
  });
  return states;
}
