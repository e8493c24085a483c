// What a shell reports of itself before each prompt, by the file that its profile names: read when it changes.
import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Clock } from '@roundhouse/kit';
import { expand, type Profile } from '@roundhouse/profiles';
import {
  sidecarSchema,
  withoutSecrets,
  type ReportedSession,
  type SessionId,
  type Sidecar,
} from '@roundhouse/protocol';
import type { AgentLife, AgentWatcher } from '../sessions/agent-life.js';
import { parseRelaxedJson } from '../state/relaxed-json.js';

const POLL_MS = 1_000;
/** One line with a directory, a code and a command. */
const FILE_MAX = 8 * 1024;
const TEXT_MAX = 500;
const FIELDS_MAX = 10;

export interface SidecarsOptions {
  readonly profileOf: (name: string) => Profile | undefined;
  readonly clock: Clock;
  /** At least one of them says something new; once a second at most. */
  readonly onChanged: () => void;
}

type Life = Pick<AgentLife, 'sessionId' | 'epoch' | 'profile' | 'cwd' | 'dir'>;

interface Watched {
  readonly epoch: number;
  readonly file: string;
  readonly fields: Readonly<Record<string, string>>;
  mark: string;
  value: Sidecar | null;
}

export class Sidecars implements AgentWatcher {
  readonly #options: SidecarsOptions;
  readonly #watched = new Map<SessionId, Watched>();
  readonly #stop: () => void;
  #looking = false;

  constructor(options: SidecarsOptions) {
    this.#options = options;
    this.#stop = options.clock.every(POLL_MS, () => void this.look());
  }

  begun({ sessionId, epoch, profile: name, cwd, dir }: Life): void {
    const profile = this.#options.profileOf(name);
    const file = profile && sidecarFileOf(profile, { sessionId, cwd, tmpDir: dir.tmp });
    if (!file) return;
    this.#watched.set(sessionId, {
      epoch,
      file,
      fields: profile.sidecar?.fields ?? {},
      mark: '',
      value: null,
    });
  }

  ended({ sessionId }: Pick<AgentLife, 'sessionId'>): void {
    this.#watched.delete(sessionId);
  }

  report(sessionId: SessionId, epoch: number): Partial<ReportedSession> {
    const watched = this.#watched.get(sessionId);
    return watched?.epoch === epoch ? { sidecar: watched.value } : {};
  }

  /** Reads what has changed; a look that takes long is not overtaken. Never fails. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    let changed = false;
    for (const watched of this.#watched.values()) changed = (await lookAt(watched)) || changed;
    this.#looking = false;
    if (changed) this.#options.onChanged();
  }

  dispose(): void {
    this.#stop();
    this.#watched.clear();
  }
}

/** The file that the profile's command writes to; null when it has none. */
function sidecarFileOf(
  { sidecar }: Profile,
  known: { sessionId: SessionId; cwd: string; tmpDir: string },
): string | null {
  if (sidecar?.prompt_command === undefined) return null;
  const pattern = sidecar.file_pattern ?? '{tmpdir}/.agent-telemetry-{agent_id}';
  return expand(pattern, { ...known, conversationId: null, otlpEndpoint: null, otlpPort: null });
}

/** @returns whether it says something new */
async function lookAt(watched: Watched): Promise<boolean> {
  const found = await stat(watched.file, { bigint: true }).catch(() => null);
  const mark = found ? `${String(found.ino)}.${String(found.mtimeNs)}.${String(found.size)}` : '';
  if (mark === watched.mark || mark === '') return false;
  const text = await readShort(watched.file);
  // A half-written line is read again with the next look.
  const value = text === null ? null : sidecarOf(parseRelaxedJson(text), watched.fields);
  if (value === null) return false;
  const changed = JSON.stringify(value) !== JSON.stringify(watched.value);
  watched.mark = mark;
  watched.value = value;
  return changed;
}

async function readShort(file: string): Promise<string | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch(() => null);
  if (!handle) return null;
  try {
    const found = await handle.stat();
    return found.isFile() && found.size > 0 && found.size <= FILE_MAX ? await handle.readFile('utf8') : null;
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

/** Null when it is no report. Exported for its test. */
export function sidecarOf(report: unknown, fields: Readonly<Record<string, string>>): Sidecar | null {
  if (typeof report !== 'object' || report === null || Array.isArray(report)) return null;
  const told = new Map(Object.entries(report));
  const shown = Object.entries(fields).flatMap(([name, key]): [string, string][] => {
    const value: unknown = told.get(key);
    return typeof value === 'string' || typeof value === 'number' ? [[name, cleaned(String(value))]] : [];
  });
  const parsed = sidecarSchema.safeParse(Object.fromEntries(shown.slice(0, FIELDS_MAX)));
  return parsed.success ? parsed.data : null;
}

/** It is kept and shown: a key that somebody typed into a shell is not. */
const cleaned = (text: string): string => withoutSecrets(text.replace(/\p{C}/gu, ' ')).slice(0, TEXT_MAX);
