// Which projects a person has trusted: git runs in these and in no others.
import { mkdir, readFile, realpath, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '@roundhouse/protocol';
import type { Clock } from '@roundhouse/kit';
import { writePrivate } from './private-file.js';

const trustFileSchema = z.strictObject({
  version: z.literal(1),
  /** Real path of a project -> when it was trusted, ISO 8601. */
  projects: z.record(z.string().startsWith('/').max(4096), z.iso.datetime()),
});

export interface TrustStoreOptions {
  /** The daemon's state directory; `trusted-projects.json` is kept there. */
  readonly stateDir: string;
  readonly clock: Clock;
  /** Told when the file was corrupt and set aside, with its new name. */
  readonly onCorrupt?: (setAside: string) => void;
}

/** The trusted projects, by real path. Made by `TrustStore.open`. */
export class TrustStore {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #projects: Map<string, string>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, clock: Clock, projects: Map<string, string>) {
    this.#file = file;
    this.#clock = clock;
    this.#projects = projects;
  }

  /** Reads the store. A corrupt file is set aside and nothing is trusted. */
  static async open({ stateDir, clock, onCorrupt }: TrustStoreOptions): Promise<TrustStore> {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    const file = join(stateDir, 'trusted-projects.json');
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    const projects = text === null ? {} : parse(text);
    if (projects === null) {
      const setAside = `${file}.corrupt-${String(clock.now())}`;
      await rename(file, setAside);
      onCorrupt?.(setAside);
    }
    return new TrustStore(file, clock, new Map(Object.entries(projects ?? {})));
  }

  /** Trusts a project for good. @throws AppError DIRECTORY_MISSING */
  async trust(path: string): Promise<void> {
    const key = await real(path);
    if (this.#projects.has(key)) return;
    await this.#save((projects) => projects.set(key, new Date(this.#clock.now()).toISOString()));
  }

  async revoke(path: string): Promise<void> {
    const key = await real(path).catch(() => path);
    await this.#save((projects) => projects.delete(key));
  }

  /** True when exactly this directory (by its real path) was trusted; parents do not count. */
  async isTrusted(path: string): Promise<boolean> {
    return this.#projects.has(await real(path).catch(() => ''));
  }

  /** The real path of a trusted project. @throws AppError PROJECT_UNTRUSTED, DIRECTORY_MISSING */
  async requireTrusted(path: string): Promise<string> {
    const key = await real(path);
    if (!this.#projects.has(key)) {
      throw new AppError('PROJECT_UNTRUSTED', { message: `The project ${path} is not trusted yet` });
    }
    return key;
  }

  list(): readonly string[] {
    return [...this.#projects.keys()];
  }

  /** Memory changes only after the disk has: what is trusted now is trusted after a restart. */
  #save(change: (projects: Map<string, string>) => void): Promise<void> {
    const run = this.#writing.then(async () => {
      const next = new Map(this.#projects);
      change(next);
      const body = { version: 1, projects: Object.fromEntries(next) };
      await writePrivate(this.#file, `${JSON.stringify(body, null, 2)}\n`);
      this.#projects.clear();
      for (const [path, since] of next) this.#projects.set(path, since);
    });
    this.#writing = run.catch(() => undefined);
    return run;
  }
}

function parse(text: string): Record<string, string> | null {
  try {
    const parsed = trustFileSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.projects : null;
  } catch {
    return null;
  }
}

async function real(path: string): Promise<string> {
  if (path.includes('\0')) throw new AppError('BAD_REQUEST', { message: 'The path holds NUL' });
  return realpath(path).catch((cause: unknown) => {
    throw new AppError('DIRECTORY_MISSING', { message: `The directory ${path} is gone`, cause });
  });
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
