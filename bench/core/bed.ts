// The product as it is shipped: hub with its own PostgreSQL, daemon, keepers; and sessions of it.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { DaemonProcess } from '../../e2e/stack/daemon.js';
import { makeRepository } from '../../e2e/stack/git-repo.js';
import { Stack } from '../../e2e/stack/stack.js';
import { Product, type AttachOptions } from '../terminals/product.js';
import { size } from '../terminals/terminal.js';

export class Bed {
  #project = '';

  private constructor(
    readonly stack: Stack,
    readonly daemon: DaemonProcess,
  ) {}

  static async start(): Promise<Bed> {
    const quiet = { ROUNDHOUSE_LOG_LEVEL: 'warn' };
    const stack = await Stack.start({ hubEnv: {} });
    try {
      const daemon = stack.makeDaemon('bench', { env: quiet });
      mkdirSync(daemon.root, { recursive: true });
      const project = makeRepository(daemon.root, 'bench');
      const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'bench' });
      daemon.hostId = id;
      daemon.start(joinToken);
      await stack.online(daemon);
      const bed = new Bed(stack, daemon);
      bed.#project = project;
      return bed;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  /** A running shell; nobody watches it yet. */
  async session(): Promise<string> {
    const { id } = await this.stack.running(this.daemon, { project: this.#project, ...size });
    return id;
  }

  async attach(sessionId: string, options: AttachOptions = { prefer: 'exact' }): Promise<Product> {
    return Product.attach(await this.stack.ui(), sessionId, options);
  }

  /** A shell of its own with somebody who watches it, past its first prompt. */
  async terminal(options?: AttachOptions): Promise<Product> {
    const terminal = await this.attach(await this.session(), options);
    await terminal.run('PROMPT_COMMAND=; PS1="$ "');
    return terminal;
  }

  path(name: string): string {
    return path.join(this.stack.base, name);
  }

  stop(): Promise<void> {
    return this.stack.stop();
  }
}
