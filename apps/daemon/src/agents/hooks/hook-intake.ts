// Everything that the agents of this host tell by file: which of them are listened to, and who listens.
import { lstatSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock, Logger } from '@roundhouse/kit';
import type { AgentLife, AgentWatcher } from '../../sessions/agent-life.js';
import type { SessionDir } from '../../sessions/session-record.js';
import { UNWATCHED_DIR } from '../relay/relay-script.js';
import { DropDir } from './drop-dir.js';
import type { HookEvent, HookListener, HookSource } from './hook-event.js';

/** Where the file system tells of nothing. */
const POLL_MS = 1_000;

export interface HookIntakeOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Listens from the begin of an agent's life to its end, and takes up what was said while no daemon was there. */
export interface HookIntake extends AgentWatcher {
  /** Returns how to stop listening. */
  onHook(listener: HookListener): () => void;
  begun(life: Pick<AgentLife, 'sessionId' | 'epoch' | 'dir'>): void;
  /** An empty directory for the events of a life that is about to begin; those of earlier lives go. */
  prepare(dir: SessionDir, epoch: number): Promise<string>;
  /** Lets go of everything; nothing is lost. */
  dispose(): Promise<void>;
}

export function createHookIntake(options: HookIntakeOptions): HookIntake {
  return new Intake(options);
}

class Intake implements HookIntake {
  readonly #options: HookIntakeOptions;
  readonly #listeners = new Set<HookListener>();
  readonly #open = new Map<string, { readonly drops: DropDir; readonly directory: string }>();
  readonly #closing = new Set<Promise<void>>();
  readonly #stopPoll: () => void;

  constructor(options: HookIntakeOptions) {
    this.#options = options;
    this.#stopPoll = options.clock.every(POLL_MS, () => {
      for (const { drops } of this.#open.values()) drops.poll();
    });
  }

  onHook(listener: HookListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async prepare(dir: SessionDir, epoch: number): Promise<string> {
    const directory = dir.hooks(epoch);
    await rm(dir.hooks(), { recursive: true, force: true });
    await mkdir(path.join(directory, UNWATCHED_DIR), { recursive: true, mode: 0o700 });
    return directory;
  }

  begun({ sessionId, epoch, dir }: Pick<AgentLife, 'sessionId' | 'epoch' | 'dir'>): void {
    const key = keyOf({ sessionId, epoch });
    const directory = dir.hooks(epoch);
    if (this.#open.has(key) || !isDirectory(directory)) return;
    const { clock, logger } = this.#options;
    const drops = new DropDir({
      ...{ directory, clock, logger, source: { sessionId, epoch } },
      tell: (event) => this.#tell(event),
    });
    this.#open.set(key, { drops, directory });
    drops.open();
  }

  /** What it said last is taken; what it left running is not heard any more. */
  ended(source: HookSource): void {
    const open = this.#open.get(keyOf(source));
    if (!open) return;
    this.#open.delete(keyOf(source));
    const closing = open.drops
      .close()
      .then(() => rm(open.directory, { recursive: true, force: true }))
      .catch((error: unknown) => {
        this.#options.logger.warn({ err: error, ...source }, 'the events of an agent were not cleared away');
      })
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  async dispose(): Promise<void> {
    this.#stopPoll();
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.all([...this.#closing, ...all.map(({ drops }) => drops.dispose())]);
  }

  async #tell(event: HookEvent): Promise<void> {
    await Promise.all([...this.#listeners].map(async (listener) => listener(event)));
  }
}

const keyOf = ({ sessionId, epoch }: HookSource): string => `${sessionId}.${String(epoch)}`;

/** Not through a link: an agent could lead it to the events of another. */
const isDirectory = (place: string): boolean =>
  lstatSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
