// A profile with every default filled in, and what follows from its fields alone.
import { profileFileSchema, type ProfileFile } from './schema.js';

type Filled<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };

/** What the rest of Roundhouse works with. Still a valid profile file: it can be parsed again. */
export type Profile = Filled<
  ProfileFile,
  | 'display_name'
  | 'color'
  | 'binary'
  | 'always_available'
  | 'env'
  | 'permission_patterns'
  | 'signals'
  | 'task'
  | 'overflow'
> & {
  commands: { new: string[]; resume: string[] };
  auth: { env_vars: string[]; require: 'any' | 'all' };
};

/** Fills in the defaults. Does it to a filled-in profile without a change. */
export function completeProfile(file: ProfileFile): Profile {
  const { commands = {}, display_name: label = '' } = file;
  const { binary = commands.new?.[0] ?? file.name } = file;
  const start = nonEmpty(commands.new) ?? [binary];
  return {
    ...file,
    ...plainDefaults(file),
    binary,
    display_name: label === '' ? file.name : label,
    commands: { new: start, resume: nonEmpty(commands.resume) ?? start },
    auth: completeAuth(file.auth),
  };
}

/** Destructuring, because an optional field may be present and undefined. */
function plainDefaults({
  color = 'slate',
  always_available = false,
  env = {},
  permission_patterns = [],
  signals = [],
  task = 'none',
  overflow = 'drop',
}: ProfileFile) {
  return { color, always_available, env, permission_patterns, signals, task, overflow };
}

/**
 * A profile that comes as data, for example over the wire.
 * @throws z.ZodError
 */
export const parseProfile = (value: unknown): Profile => completeProfile(profileFileSchema.parse(value));

/** Whether "resume" is a choice: by id, or by a command that differs from a new start. */
export function supportsResume({
  commands,
  resume_by_id: byId = [],
  resume_last: last = [],
}: Profile): boolean {
  if (byId.length > 0 || last.length > 0) return true;
  const same =
    commands.resume.length === commands.new.length &&
    commands.resume.every((word, index) => word === commands.new[index]);
  return commands.resume.length > 0 && !same;
}

/** What is known of an agent's use: by OTLP, by events that it tells, by a shell's report, or nothing. */
export function telemetryKind(profile: Profile): 'otlp' | 'events' | 'sidecar' | 'none' {
  const { telemetry, sidecar, signals } = profile;
  if (telemetry?.protocol !== undefined || signals.some(({ from }) => from === 'protocol')) return 'events';
  if (telemetry !== undefined && telemetry.otlp !== false) return 'otlp';
  return sidecar === undefined ? 'none' : 'sidecar';
}

/** Environment variables that the agent may see from the daemon's own environment. */
export function passthroughNames(profile: Profile): string[] {
  const named = [profile.env_passthrough, profile.provisioning?.passthrough_env, profile.auth.env_vars];
  return [...new Set(named.flatMap((names) => names ?? []))];
}

const nonEmpty = (words: string[] | undefined): string[] | undefined =>
  words !== undefined && words.length > 0 ? words : undefined;

function completeAuth({ env_vars = [], require = 'any' }: ProfileFile['auth'] & {} = {}): Profile['auth'] {
  return { env_vars, require };
}
