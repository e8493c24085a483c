// What this host allows, whatever its hub asks: roots, profiles, number of sessions. Refusals are journaled here.
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '@roundhouse/kit';
import { AppError, profileNameSchema, type SpawnOp } from '@roundhouse/protocol';
import { parse } from 'yaml';
import { z } from 'zod';

const policySchema = z.strictObject({
  /** Directories, inside of the roots, that sessions may run in; the roots when absent. */
  allowed_roots: z.array(z.string().startsWith('/')).optional(),
  /** Profiles that may be spawned; all when absent. */
  profiles: z.array(profileNameSchema).optional(),
  /** Sessions that may run at once. */
  max_sessions: z.int().min(0).optional(),
});
export type LocalPolicyFile = z.infer<typeof policySchema>;

/** A machine that runs more agents at once than this is not one that a person works on. */
const defaultMaxSessions = 200;
const journalName = 'refusals.jsonl';

export interface LocalPolicyOptions {
  readonly stateDir: string;
  readonly projectRoots: readonly string[];
  readonly clock: Clock;
}

export class LocalPolicy {
  private constructor(
    private readonly options: LocalPolicyOptions,
    private readonly file: LocalPolicyFile,
  ) {}

  /** Reads `policy.yaml` of the state directory. @throws AppError CONFIG_INVALID: a policy that cannot be read refuses the start */
  static async load(options: LocalPolicyOptions): Promise<LocalPolicy> {
    const file = path.join(options.stateDir, 'policy.yaml');
    const text = await readFile(file, 'utf8').catch(() => '');
    try {
      return new LocalPolicy(options, policySchema.parse(parse(text) ?? {}));
    } catch (cause) {
      throw new AppError('CONFIG_INVALID', {
        message: `${file} is not a valid policy: ${cause instanceof Error ? cause.message : String(cause)}`,
        hint: 'Allowed fields: allowed_roots, profiles, max_sessions.',
        cause,
      });
    }
  }

  /** Directories below which a session may run. */
  get roots(): readonly string[] {
    return this.file.allowed_roots ?? this.options.projectRoots;
  }

  /** @throws AppError POLICY_REFUSED, SESSION_LIMIT */
  check(op: SpawnOp, running: number): void {
    const { profiles } = this.file;
    if (profiles && !profiles.includes(op.profile)) {
      throw new AppError('POLICY_REFUSED', { message: `This host does not allow the profile ${op.profile}` });
    }
    const max = this.file.max_sessions ?? defaultMaxSessions;
    if (running >= max) {
      throw new AppError('SESSION_LIMIT', { message: `This host allows ${String(max)} sessions at once` });
    }
  }

  /** Notes what was refused, where the owner of the host can read it. Never fails the caller. */
  async journal(op: SpawnOp, error: AppError): Promise<void> {
    const line = {
      at: new Date(this.options.clock.now()).toISOString(),
      code: error.code,
      message: error.message,
      sessionId: op.sessionId,
      profile: op.profile,
      project: op.project,
    };
    await mkdir(this.options.stateDir, { recursive: true, mode: 0o700 }).catch(() => undefined);
    await appendFile(path.join(this.options.stateDir, journalName), `${JSON.stringify(line)}\n`, {
      mode: 0o600,
    }).catch(() => undefined);
  }
}

/** Refusals that the owner of a host wants to know of: an honest hub does not ask for these. */
const journaled: readonly string[] = [
  'POLICY_REFUSED',
  'PATH_OUTSIDE_ROOTS',
  'PROFILE_NOT_FOUND',
  'PROJECT_UNTRUSTED',
  'SESSION_LIMIT',
];
export const isRefusal = (error: unknown): error is AppError =>
  error instanceof AppError && journaled.includes(error.code);
