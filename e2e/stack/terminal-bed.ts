// A stack whose lines can be broken: one daemon and its viewers reach the hub through proxies of their own.
import type { DaemonProcess, DaemonSettings } from './daemon.js';
import { fakeProfile } from './fake-agent.js';
import { makeRepository } from './git-repo.js';
import { hubUnderTest } from './paths.js';
import type { TcpProxy } from './proxy.js';
import { Stack, type StackOptions } from './stack.js';

/** Finds a dead line in 1.3 s instead of 13: what is proved is the same, sooner. */
export const quickHeartbeat: StackOptions = { hubEntry: hubUnderTest, hubArgs: ['--heartbeat=500,800'] };

export interface BedOptions {
  readonly stack?: StackOptions;
  readonly daemon?: Partial<DaemonSettings>;
}

export interface TerminalBed {
  readonly stack: Stack;
  readonly daemon: DaemonProcess;
  /** Between daemon and hub. */
  readonly hostLine: TcpProxy;
  /** Between viewers and hub. */
  readonly viewLine: TcpProxy;
}

export async function makeBed({
  stack: stackOptions = {},
  daemon = {},
}: BedOptions = {}): Promise<TerminalBed> {
  const stack = await Stack.start(stackOptions);
  try {
    const [hostLine, viewLine] = [await stack.proxy(), await stack.proxy()];
    const one = stack.makeDaemon('one', { hubUrl: hostLine.url, env: fakeProfile(stack.base), ...daemon });
    makeRepository(one.root, 'engine');
    const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'one' });
    one.hostId = id;
    one.start(joinToken);
    await stack.online(one);
    return { stack, daemon: one, hostLine, viewLine };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
