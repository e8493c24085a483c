// What this host allows, whatever its hub asks: roots, profiles, number of sessions. Refusals are journaled here.
import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '@roundhouse/kit';
import {
  AppError,
  parseWith,
  profileNameSchema,
  sessionLimitsSchema,
  type SessionLimits,
  type SessionOptions,
  type SpawnOp,
} from '@roundhouse/protocol';
import { parse } from 'yaml';
import { z } from 'zod';
import { isUnder } from '../inventory/path-confinement.js';
import { readIfThere } from '../state/json-file.js';
import type { ModeCeiling } from './permission-gate.js';

const modeName = z.string().min(1).max(60);

const policySchema = z.strictObject({
  /** Directories, inside of the roots, that sessions may run in; the roots when absent. */
  allowed_roots: z.array(z.string().startsWith('/')).optional(),
  /** Profiles that may be spawned; all when absent. */
  profiles: z.array(profileNameSchema).optional(),
  /** Sessions that may run at once. */
  max_sessions: z.int().min(0).optional(),
  /** The freest permission mode, for all profiles or by profile; when absent, none in which an agent asks for nothing. */
  permission_mode_ceiling: z.union([modeName, z.record(profileNameSchema, modeName)]).optional(),
  /** Variables that no session may be given, by name; a "*" at the end stands for the rest. */
  env_deny: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*\*?$/, 'must be the name of a variable'))
    .max(200)
    .optional(),
  /** Whether people may add words to an agent's command; they may when absent. */
  extra_args: z.boolean().optional(),
  /** The most that any session may use; one that asks for nothing has these. */
  limits: z
    .strictObject({
      time_minutes: sessionLimitsSchema.shape.timeMinutes,
      memory_mb: sessionLimitsSchema.shape.memoryMb,
      cpu_percent: sessionLimitsSchema.shape.cpuPercent,
    })
    .optional(),
});
export type LocalPolicyFile = z.infer<typeof policySchema>;

/** A machine that runs more agents at once than this is not one that a person works on. */
const defaultMaxSessions = 200;
/** A policy is a few lines; more is not one. */
const policyBytesMax = 64 * 1024;
const journalName = 'refusals.jsonl';
/** Two files of this size at most: a hub that keeps asking must not fill the disk. */
const journalBytesMax = 1024 * 1024;
/** Characters of a text in it, and names of wrong fields. */
const noteMax = 500;
const notedFieldsMax = 20;
/** Refusals that wait for the disk; a hub that asks for more at once has said enough. */
const toNoteMax = 1_000;

/** What was asked for and refused. */
export interface Refused {
  readonly sessionId?: string;
  readonly profile?: string;
  readonly project?: string;
}

export interface LocalPolicyOptions {
  readonly stateDir: string;
  readonly projectRoots: readonly string[];
  readonly clock: Clock;
}

export class LocalPolicy {
  /** Directories below which a session may run. */
  readonly roots: readonly string[];
  #journaling: Promise<void> = Promise.resolve();
  #toNote = 0;

  private constructor(
    private readonly options: LocalPolicyOptions,
    private readonly file: LocalPolicyFile,
  ) {
    this.roots = narrowed(options.projectRoots, file.allowed_roots);
  }

  /** Reads `policy.yaml` of the state directory. @throws AppError CONFIG_INVALID: a policy that cannot be read refuses the start */
  static async load(options: LocalPolicyOptions): Promise<LocalPolicy> {
    const file = path.join(options.stateDir, 'policy.yaml');
    try {
      const text = (await readIfThere(file)) ?? '';
      if (Buffer.byteLength(text) > policyBytesMax) throw new Error('it is larger than 64 KiB');
      return new LocalPolicy(options, parseWith(policySchema, parse(text) ?? {}, 'It'));
    } catch (cause) {
      throw new AppError('CONFIG_INVALID', {
        message: `${file} is not a valid policy: ${wordsOf(cause)}`,
        hint: 'Allowed fields: allowed_roots, profiles, max_sessions, permission_mode_ceiling, env_deny, extra_args, limits.',
        cause,
      });
    }
  }

  /** @throws AppError POLICY_REFUSED, SESSION_LIMIT */
  check(op: Pick<SpawnOp, 'profile'>, running: number): void {
    const { profiles } = this.file;
    if (profiles && !profiles.includes(op.profile)) {
      throw new AppError('POLICY_REFUSED', { message: `This host does not allow the profile ${op.profile}` });
    }
    const max = this.file.max_sessions ?? defaultMaxSessions;
    if (running >= max) {
      throw new AppError('SESSION_LIMIT', { message: `This host allows ${String(max)} sessions at once` });
    }
  }

  /** The freest permission mode that this host allows. */
  get modeCeiling(): ModeCeiling {
    return this.file.permission_mode_ceiling;
  }

  /** The most that any session may use. */
  get limitCeiling(): SessionLimits {
    const {
      time_minutes: timeMinutes,
      memory_mb: memoryMb,
      cpu_percent: cpuPercent,
    } = this.file.limits ?? {};
    const most = Object.entries({ timeMinutes, memoryMb, cpuPercent });
    return Object.fromEntries(most.filter(([, value]) => value !== undefined));
  }

  /** Whether no session may have the variable, wherever it comes from. */
  deniesEnv(name: string): boolean {
    return (this.file.env_deny ?? []).some((each) =>
      each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : name === each,
    );
  }

  /** @throws AppError POLICY_REFUSED */
  checkOptions({ args = [], env = {}, envNames = [] }: SessionOptions): void {
    if (args.length > 0 && this.file.extra_args === false) {
      throw new AppError('POLICY_REFUSED', { message: 'This host allows no extra arguments' });
    }
    const denied = [...Object.keys(env), ...envNames].find((name) => this.deniesEnv(name));
    if (denied !== undefined) {
      throw new AppError('POLICY_REFUSED', { message: `This host does not allow the variable ${denied}` });
    }
  }

  /** Notes what was refused, where the owner of the host can read it. Never fails the caller. */
  journal(error: AppError, { sessionId, profile, project }: Refused): Promise<void> {
    if (this.#toNote >= toNoteMax) return this.#journaling;
    this.#toNote += 1;
    const at = new Date(this.options.clock.now()).toISOString();
    const asked = { sessionId, profile, project };
    const { code, fields } = error;
    // A hub may name what it likes.
    const message = error.message.slice(0, noteMax);
    const wrong = fields.slice(0, notedFieldsMax).map(({ field }) => field.slice(0, noteMax));
    const line = `${JSON.stringify({ at, code, message, ...(wrong.length > 0 && { fields: wrong }), ...asked })}\n`;
    this.#journaling = this.#journaling
      .then(() => this.#note(line))
      .catch(() => undefined)
      .finally(() => {
        this.#toNote -= 1;
      });
    return this.#journaling;
  }

  async #note(line: string): Promise<void> {
    const { stateDir } = this.options;
    const file = path.join(stateDir, journalName);
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    const size = await stat(file).then(
      (found) => found.size,
      () => 0,
    );
    if (size + line.length > journalBytesMax) await rename(file, `${file}.old`);
    await appendFile(file, line, { mode: 0o600 });
  }
}

/** What both allow: the policy narrows the roots and never widens them. */
function narrowed(roots: readonly string[], allowed: readonly string[] | undefined): readonly string[] {
  if (!allowed) return roots;
  const inside = allowed
    .map((each) => path.resolve(each))
    .filter((each) => roots.some((r) => isUnder(each, r)));
  const covered = roots.filter((root) => allowed.some((each) => isUnder(root, path.resolve(each))));
  return [...new Set([...inside, ...covered])];
}

function wordsOf(cause: unknown): string {
  if (cause instanceof AppError && cause.fields.length > 0)
    return cause.fields.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}

/** Refusals that the owner of a host wants to know of: an honest hub does not ask for these. */
const journaled: readonly string[] = [
  'POLICY_REFUSED',
  'PATH_OUTSIDE_ROOTS',
  'PROFILE_NOT_FOUND',
  'PROJECT_UNTRUSTED',
  'SESSION_LIMIT',
  'BYPASS_REFUSED',
  'SECRET_IN_OPTIONS',
  'OPTION_UNKNOWN',
];
export const isRefusal = (error: unknown): error is AppError =>
  error instanceof AppError && journaled.includes(error.code);
