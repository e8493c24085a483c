// The directory of events of one life of one session: taken in the order in which they came, each at least once.
import { lstatSync, unlinkSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import { within, type Clock, type Logger } from '@roundhouse/kit';
import { UNWATCHED_DIR, STATUS_EVENT, STATUS_FILE } from '../relay/relay-script.js';
import { parseEventFile, parsePayload, type HookListener, type HookSource } from './hook-event.js';
import { listDrops } from './list-drops.js';
import { readDrop, type DropText } from './read-drop.js';

/** Events given out whose listeners are not done yet; each may hold a payload of 1 MiB. */
const IN_HAND_MAX = 16;
/** Names that the file system told and that are not read yet; with more, the directory is listed. */
const NAMES_MAX = 500;
/** While the file system tells of changes it is asked this seldom, ms: a notice may be lost. */
const WATCHED_POLL_MS = 15_000;
/** A listener may write to disk, not more. */
const LISTENER_MS = 10_000;

export interface DropDirOptions {
  readonly source: HookSource;
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tell: HookListener;
}

export class DropDir {
  readonly #options: DropDirOptions;
  #watcher: FSWatcher | null = null;
  /** Told by the file system, in the order of its renames. */
  #names: string[] = [];
  #mustList = true;
  #mustReadStatus = false;
  /** When the directory was last listed and empty afterwards, monotonic ms: what comes later is not older than that. */
  #listedAt: number | null = null;
  /** When the directory had changed by then, by the file system's clock. */
  #listedChange: number | null = null;
  #polledAt: number;
  /** Given out and not deleted yet. */
  readonly #inHand = new Map<string, Promise<void>>();
  /** Deleted, and the file system's notice of that is still to come; it says nothing new. */
  readonly #deleted = new Set<string>();
  #statusWrittenAt = 0;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(options: DropDirOptions) {
    this.#options = options;
    this.#polledAt = options.clock.monotonic();
  }

  /** Takes what is there now and what comes. */
  open(): void {
    try {
      this.#watcher = watch(this.#options.directory, (kind, name) => {
        if (kind === 'rename') this.#notice(name);
      });
      this.#watcher.on('error', () => {
        this.#unwatch();
      });
    } catch {
      // No more watches on this host: being polled is enough then.
    }
    this.#run();
  }

  /** To be called about once a second. */
  poll(): void {
    const { clock } = this.#options;
    this.#pollStatus();
    if (this.#watcher && clock.monotonic() - this.#polledAt < WATCHED_POLL_MS) return;
    this.#polledAt = clock.monotonic();
    if (changedAt(this.#options.directory) === this.#listedChange) return;
    this.#mustList = true;
    this.#run();
  }

  /** Fifty agents that work write it dozens of times a second, and each notice of that wakes the daemon. */
  #pollStatus(): void {
    const writtenAt = changedAt(this.#statusFile);
    if (writtenAt === null || writtenAt === this.#statusWrittenAt) return;
    this.#mustReadStatus = true;
    this.#run();
  }

  /** Takes what is left, and then nothing more. */
  async close(): Promise<void> {
    this.#unwatch();
    this.#mustList = true;
    this.#run();
    while (this.#running) await this.#running;
    this.#closed = true;
    await Promise.all(this.#inHand.values());
  }

  /** Lets go at once; the next daemon finds what was not taken. */
  async dispose(): Promise<void> {
    this.#unwatch();
    this.#closed = true;
    await this.#running;
    await Promise.all(this.#inHand.values());
  }

  #notice(name: string | null): void {
    if (name !== null && this.#deleted.delete(name)) return;
    if (name === null || this.#names.length >= NAMES_MAX) this.#mustList = true;
    else if (name !== STATUS_FILE && parseEventFile(name) === null) return;
    else this.#names.push(name);
    this.#run();
  }

  get #statusFile(): string {
    return path.join(this.#options.directory, UNWATCHED_DIR, STATUS_FILE);
  }

  get #hasMore(): boolean {
    return this.#mustList || this.#mustReadStatus || this.#names.length > 0;
  }

  #run(): void {
    if (this.#closed) return;
    this.#running ??= this.#take()
      .catch((error: unknown) => {
        this.#options.logger.error(
          { err: error, ...this.#options.source },
          'events of an agent were not taken',
        );
      })
      .finally(() => {
        this.#running = null;
        if (this.#hasMore) this.#run();
      });
  }

  async #take(): Promise<void> {
    while (!this.#closed && this.#hasMore) {
      if (this.#mustList) await this.#list();
      if (this.#mustReadStatus) await this.#takeStatus(this.#statusFile);
      const names = this.#names;
      this.#names = [];
      for (const name of names) {
        if (this.#closed) return;
        if (name === STATUS_FILE) await this.#takeStatus(path.join(this.#options.directory, name));
        else if (!this.#inHand.has(name)) await this.#takeOne(name);
      }
    }
  }

  /** Everything there is, oldest first; what the file system told by then is among it. */
  async #list(): Promise<void> {
    const { directory, clock, logger, source } = this.#options;
    this.#mustList = false;
    this.#names = [];
    // Notices that were lost are not waited for.
    this.#deleted.clear();
    const at = clock.monotonic();
    this.#listedChange = changedAt(directory);
    const { names, dropped } = await listDrops(directory, clock.now());
    if (dropped > 0)
      logger.warn({ ...source, dropped }, 'too many events of an agent: the oldest were dropped');
    for (const name of names) {
      if (this.#closed) return;
      if (!this.#inHand.has(name)) await this.#takeOne(name);
    }
    await this.#takeStatus(this.#statusFile);
    this.#listedAt = at;
  }

  async #takeOne(name: string): Promise<void> {
    const { directory, logger, source } = this.#options;
    const meaning = parseEventFile(name);
    const file = path.join(directory, name);
    const found = meaning && readDrop(file);
    if (!found) return;
    const done = this.#tell(meaning.event, found).then(() => {
      try {
        this.#remove(name, file);
        this.#inHand.delete(name);
      } catch (error) {
        // It stays in hand, so that it is not told again and again.
        logger.warn({ err: error, ...source }, 'an event of an agent cannot be removed');
      }
    });
    this.#inHand.set(name, done);
    if (this.#inHand.size >= IN_HAND_MAX) await done;
  }

  #remove(name: string, file: string): void {
    try {
      unlinkSync(file);
      if (this.#watcher) this.#deleted.add(name);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }

  /** Stays where it is: a newer one may have taken its place at any moment. Relays of earlier builds leave it among the events. */
  async #takeStatus(file: string): Promise<void> {
    this.#mustReadStatus = false;
    const found = readDrop(file, this.#statusWrittenAt);
    if (!found) return;
    this.#statusWrittenAt = found.writtenAt;
    await this.#tell(STATUS_EVENT, found);
  }

  async #tell(event: string, { text, writtenAt }: DropText): Promise<void> {
    const { clock, logger, source, tell } = this.#options;
    const receivedAt = clock.monotonic();
    const told = { ...source, event, payload: parsePayload(text), receivedAt, ageMs: this.#age(writtenAt) };
    try {
      const what = `a listener of ${event}`;
      await within(Promise.resolve(tell(told)), { ms: LISTENER_MS, what, clock });
    } catch (error) {
      logger.error({ err: error, ...source, event }, 'an event of an agent was not taken in');
    }
  }

  /** Wall clocks jump; that it was not there a moment ago is certain. */
  #age(writtenAt: number): number {
    const { clock } = this.#options;
    const byWall = Math.max(0, clock.now() - writtenAt);
    return this.#listedAt === null ? byWall : Math.min(byWall, clock.monotonic() - this.#listedAt);
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }
}

const changedAt = (path: string): number | null =>
  lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
