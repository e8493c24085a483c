// A session's hold on its keeper over broken connections: tried again until the keeper answers, or is gone.
import { backoffMs, delay, type Logger } from '@roundhouse/kit';
import { AppError, type KeeperExit } from '@roundhouse/protocol';
import { isKeeperAlive, readExit, readKeeperFile } from '../keeper/ended-session.js';
import type { KeeperClosed } from '../keeper/keeper-client.js';
import { bootId } from '../keeper/proc.js';
import { KeeperLink, type KeeperLinkOptions } from './keeper-link.js';

/** A keeper that lives answers in milliseconds; one that is frozen is asked until it thaws. */
const retry = { minMs: 100, maxMs: 5_000 };

export interface KeeperHoldOptions extends Omit<KeeperLinkOptions, 'socketPath' | 'onClosed'> {
  /** The keeper's directory. */
  readonly dir: string;
  readonly logger: Logger;
  /** The keeper is gone and left no exit; `interrupted` when the machine was restarted. */
  readonly onGone: (interrupted: boolean) => void;
  /** The keeper is gone, with a stream that stood at `from`. */
  readonly onStreamCut: (from: number) => void;
}

export class KeeperHold {
  readonly #options: KeeperHoldOptions;
  readonly #stop = new AbortController();
  #link: KeeperLink | null = null;
  /** Where the stream goes on when the keeper answers again. */
  #streamAt: number | null = null;
  #releasing = false;
  #trying = false;

  constructor(options: KeeperHoldOptions) {
    this.#options = options;
  }

  /** Null while the keeper does not answer. */
  get link(): KeeperLink | null {
    return this.#link;
  }

  /** Connects, or keeps trying in the background; resolves after the first attempt. */
  async take(): Promise<void> {
    this.#trying = true;
    const done = await this.#attempt();
    this.#trying = false;
    if (!done) this.#keepTrying();
  }

  async closeStream(): Promise<void> {
    this.#streamAt = null;
    await this.#link?.closeStream();
  }

  /** The exit is told, and everything is on disk: the keeper may end. */
  release(): void {
    this.#releasing = true;
    this.#link?.release();
  }

  /** The keeper goes on. */
  dispose(): void {
    this.#stop.abort(new AppError('SHUTTING_DOWN'));
    this.#link?.dispose();
    this.#link = null;
  }

  /** @returns whether there is nothing more to try */
  async #attempt(): Promise<boolean> {
    const { dir, logger, sessionId } = this.#options;
    const file = await readKeeperFile(dir);
    const alive = file !== null && isKeeperAlive(file);
    const exit = await readExit(dir);
    if (this.#stop.signal.aborted) return true;
    if (!alive) {
      this.#gone(exit, file !== null && file.bootId !== bootId());
      return true;
    }
    try {
      await this.#connect(file.socketPath);
      return true;
    } catch (error) {
      if (exit) this.#gone(exit, false);
      else logger.warn({ err: error, sessionId }, 'the keeper does not answer');
      return exit !== null || (error instanceof AppError && error.code === 'CONFLICT');
    }
  }

  async #connect(socketPath: string): Promise<void> {
    const { signal } = this.#stop;
    const link = await KeeperLink.connect(
      {
        ...this.#options,
        socketPath,
        onClosed: (closed) => {
          if (this.#link !== null) this.#closed(this.#link, closed);
        },
      },
      signal,
    );
    if (signal.aborted || link.isClosed) {
      link.dispose();
      throw new AppError('KEEPER_UNREACHABLE');
    }
    this.#link = link;
    this.#options.onDegraded(link.degraded);
    if (this.#streamAt !== null) await link.resumeStream(this.#streamAt);
    this.#streamAt = null;
    if (this.#releasing) link.release();
  }

  #closed(link: KeeperLink, closed: KeeperClosed): void {
    this.#link = null;
    if (closed.kind === 'disposed' || this.#stop.signal.aborted) return;
    this.#streamAt = link.streamAt ?? this.#streamAt;
    if (closed.kind === 'lost') this.#keepTrying();
    else
      this.#options.logger.error(
        { sessionId: this.#options.sessionId, reason: closed.message },
        'another daemon took the session over',
      );
  }

  #gone(exit: KeeperExit | null, interrupted: boolean): void {
    if (exit) this.#options.onExit(exit);
    else this.#options.onGone(interrupted);
    const at = this.#streamAt;
    this.#streamAt = null;
    if (at !== null) this.#options.onStreamCut(at);
  }

  #keepTrying(): void {
    if (this.#trying) return;
    this.#trying = true;
    const { clock, logger, sessionId } = this.#options;
    const { signal } = this.#stop;
    const run = async (): Promise<void> => {
      for (let attempt = 1; !(await this.#attempt()); attempt += 1) {
        await delay(backoffMs(attempt, { ...retry, random: Math.random }), clock, signal);
      }
    };
    void run()
      .catch((error: unknown) => {
        if (!signal.aborted) logger.error({ err: error, sessionId }, 'the keeper was given up');
      })
      .finally(() => {
        this.#trying = false;
      });
  }
}
