// Everything together on free loopback ports: one hub, its administrator, daemons; and nothing left at the end.
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Host, Session } from '@roundhouse/protocol';
import { DaemonProcess, type DaemonSettings } from './daemon.js';
import { copyDatabase } from './database-template.js';
import { HubProcess } from './hub.js';
import { hubEntry, hubUnderTest } from './paths.js';
import { endProcessesOf } from './processes.js';
import { TcpProxy } from './proxy.js';
import type { Rest } from './rest.js';
import { connectUi, type UiSocket } from './ui-socket.js';
import { Viewer, type ViewerOptions } from './viewer.js';
import { until } from './wait.js';

/** Hubs of this version. */
const ownEntries: ReadonlySet<string> = new Set([hubEntry, hubUnderTest]);

export interface StackOptions {
  readonly hubEnv?: Readonly<Record<string, string>>;
  readonly hubEntry?: string;
  readonly hubArgs?: readonly string[];
}

export interface ViewOptions extends ViewerOptions {
  /** Instead of straight to the hub. */
  readonly via?: TcpProxy;
}

export class Stack {
  readonly base: string;
  readonly hub: HubProcess;
  readonly daemons: DaemonProcess[] = [];
  readonly #sockets: UiSocket[] = [];
  readonly #proxies: TcpProxy[] = [];
  #rest: Rest | null = null;
  #token = '';

  private constructor(options: StackOptions) {
    // Short, for the keepers' sockets, and open to the database's own user.
    this.base = mkdtempSync(path.join(tmpdir(), 'rh-e2e-'));
    chmodSync(this.base, 0o755);
    const stateDir = path.join(this.base, 'hub');
    if (ownEntries.has(options.hubEntry ?? hubEntry)) copyDatabase(stateDir);
    this.hub = new HubProcess({
      stateDir,
      ...(options.hubEnv ? { env: options.hubEnv } : {}),
      ...(options.hubEntry === undefined ? {} : { entry: options.hubEntry }),
      ...(options.hubArgs ? { args: options.hubArgs } : {}),
    });
  }

  /** A hub that nobody has set up yet. */
  static async fresh(options: StackOptions = {}): Promise<Stack> {
    const stack = new Stack(options);
    try {
      await stack.hub.start();
      return stack;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  /** A hub with an administrator and an API token. */
  static async start(options: StackOptions = {}): Promise<Stack> {
    const stack = await Stack.fresh(options);
    try {
      stack.#rest = await stack.hub.setUp();
      stack.#token = (await stack.rest.ok('POST', 'tokens', { name: 'tests' })).token;
      return stack;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  /** With the cookie of the administrator. */
  get rest(): Rest {
    if (!this.#rest) throw new Error('the hub is not set up');
    return this.#rest;
  }

  get token(): string {
    return this.#token;
  }

  /** Registers a host and starts its daemon; resolves when the host is online. */
  async addDaemon(name: string, settings: Partial<DaemonSettings> = {}): Promise<DaemonProcess> {
    const daemon = this.makeDaemon(name, settings);
    const { id, joinToken } = await this.rest.ok('POST', 'hosts', { name });
    daemon.hostId = id;
    daemon.start(joinToken);
    await this.online(daemon);
    return daemon;
  }

  makeDaemon(name: string, settings: Partial<DaemonSettings> = {}): DaemonProcess {
    const base = path.join(this.base, name);
    const daemon = new DaemonProcess({ name, base, hubUrl: this.hub.url, ...settings });
    this.daemons.push(daemon);
    return daemon;
  }

  async online(daemon: DaemonProcess, timeoutMs = 20_000): Promise<Host> {
    return until(
      async () => {
        if (daemon.program.end) throw new Error(`the daemon ended:\n${daemon.program.tail()}`);
        const host = await this.rest.get<Host>(`hosts/${daemon.hostId}`);
        // Its first inventory may come a moment after it.
        return host.state === 'online' && host.scannedAt !== null && host;
      },
      { what: `${daemon.name} is online:\n${daemon.program.tail()}`, timeoutMs },
    );
  }

  /** Has the host look for projects now. */
  rescan(daemon: DaemonProcess): Promise<Host> {
    return this.rest.ok('POST', `hosts/${daemon.hostId}/rescan`, {});
  }

  spawn(
    daemon: DaemonProcess,
    request: Readonly<Record<string, unknown>>,
    key: string = randomUUID(),
  ): Promise<Session> {
    const body = {
      hostId: daemon.hostId,
      profile: 'bash',
      mode: 'new',
      worktree: false,
      cols: 100,
      rows: 30,
      ...request,
    };
    return this.rest.ok<Session>('POST', 'sessions', body, { 'idempotency-key': key });
  }

  session(id: string): Promise<Session> {
    return this.rest.get<Session>(`sessions/${id}`);
  }

  /** @throws Error when it is in another state after the time */
  async sessionIs(id: string, state: string, timeoutMs = 15_000): Promise<Session> {
    let last: Session | null = null;
    return until(
      async () => {
        last = await this.session(id);
        return last.state === state && last;
      },
      { what: `session ${id} is ${state}`, timeoutMs },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; it is ${JSON.stringify(last)}`);
    });
  }

  /** Spawns and waits until it runs. */
  async running(daemon: DaemonProcess, request: Readonly<Record<string, unknown>>): Promise<Session> {
    const { id } = await this.spawn(daemon, request);
    return this.sessionIs(id, 'running');
  }

  /** To the hub, or to it through a proxy. */
  async ui(origin = this.hub.url): Promise<UiSocket> {
    const socket = await connectUi(origin, this.#token);
    this.#sockets.push(socket);
    return socket;
  }

  /** Attached over a socket of its own; every byte, unless another preference is given. */
  async view(sessionId: string, { via, ...options }: ViewOptions = {}): Promise<Viewer> {
    const socket = await this.ui(via?.url);
    try {
      return await Viewer.attach(socket, sessionId, { prefer: 'exact', ...options });
    } catch (error) {
      // Who tries again and again must not use up the windows that a hub allows.
      socket.close();
      throw error;
    }
  }

  /** A line to the hub that can be broken. */
  async proxy(): Promise<TcpProxy> {
    const proxy = await TcpProxy.start(this.hub.url);
    this.#proxies.push(proxy);
    return proxy;
  }

  /** Ends everything of this stack and removes its files. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    // Before the daemons: one that is cut off need not wait for a hub that it cannot reach.
    for (const proxy of this.#proxies) proxy.stop();
    await Promise.all(this.daemons.map((daemon) => daemon.stop()));
    await this.hub.stop();
    await endProcessesOf(this.base);
    rmSync(this.base, { recursive: true, force: true, maxRetries: 5 });
  }
}
