// What a person chose for a spawn, held against what the host reported: options, the word for a bypass, a fallback. Pure.
import {
  AppError,
  looksSecret,
  optionsProtocol,
  type FieldError,
  type Host,
  type HostProfile,
  type SessionOptions,
  type SpawnOp,
} from '@roundhouse/protocol';

export interface ChosenOptions {
  readonly profile: HostProfile;
  readonly options: SessionOptions;
  readonly projectName: string;
  /** What a person typed. */
  readonly confirm: string | undefined;
}

/** The host checks all of it again, and more. @throws AppError SECRET_IN_OPTIONS, OPTION_UNKNOWN, BYPASS_REFUSED */
export function checkOptions(chosen: ChosenOptions): void {
  refuseSecrets(chosen.options);
  refuseUnknown(chosen);
  refuseBypass(chosen);
}

/** They would be rows of the database; the refusal names the field, never the value. */
function refuseSecrets({ env = {}, args = [] }: SessionOptions): void {
  const message = 'looks like a secret: set it for the daemon, and hand it on by name';
  const fields = [
    ...Object.entries(env).flatMap(([name, value]) =>
      looksSecret(name, value) ? [`options.env.${name}`] : [],
    ),
    ...args.flatMap((word, index) =>
      isSecretWord(word, args[index - 1]) ? [`options.args[${String(index)}]`] : [],
    ),
  ].map((field): FieldError => ({ field, message }));
  if (fields.length > 0) throw new AppError('SECRET_IN_OPTIONS', { fields });
}

/** `--api-key=…`, `--api-key …`, or a word that looks like one by itself. */
function isSecretWord(word: string, before: string | undefined): boolean {
  const [, flag, value] = /^--?([\w-]+)=(.*)$/s.exec(word) ?? [];
  if (flag !== undefined) return looksSecret(flag.replaceAll('-', '_'), value ?? '');
  const named = /^--([\w-]+)$/.exec(before ?? '')?.[1]?.replaceAll('-', '_') ?? '';
  return !word.startsWith('-') && looksSecret(named, word);
}

function refuseUnknown({ profile, options }: ChosenOptions): void {
  const { preset, permissionMode } = options;
  const fields: FieldError[] = [];
  const known = (field: string, value: string | undefined, names: readonly string[] | undefined): void => {
    if (value === undefined || names === undefined || names.includes(value)) return;
    fields.push({ field: `options.${field}`, message: `must be one of ${names.join(', ') || 'none'}` });
  };
  known(
    'preset',
    preset,
    profile.presets?.map(({ name }) => name),
  );
  known(
    'permissionMode',
    permissionMode,
    profile.modes?.map(({ name }) => name),
  );
  if (options.model !== undefined && profile.takesModel === false) {
    fields.push({ field: 'options.model', message: 'cannot be chosen for this agent' });
  }
  if (fields.length > 0) {
    throw new AppError('OPTION_UNKNOWN', { message: `${profile.displayName} has no such option`, fields });
  }
}

function refuseBypass({ profile, options, projectName, confirm }: ChosenOptions): void {
  const mode = profile.modes?.find(({ name }) => name === options.permissionMode);
  if (!mode) return;
  const what = `The permission mode ${mode.name} of ${profile.displayName}`;
  if (!mode.allowed) {
    throw new AppError('BYPASS_REFUSED', {
      message: `${what} is not allowed by its profile or by the policy of the host`,
    });
  }
  if (mode.bypass && confirm !== projectName) {
    throw new AppError('BYPASS_REFUSED', {
      message: `${what} needs the name of the project, typed by a person`,
      hint: `Type ${projectName} to confirm.`,
      fields: [{ field: 'confirmBypass', message: `must be ${projectName}` }],
    });
  }
}

/** Whether a daemon of protocol 1 would do something else than what is ordered, without a word. */
export const needsOptions = ({ options, conversation, resume, epoch }: SpawnOp): boolean =>
  Object.keys(options ?? {}).length > 0 ||
  (resume !== undefined && resume !== 'exact') ||
  // The first life has nothing else that says what to resume.
  (epoch === 1 && (conversation ?? null) !== null);

/** @throws AppError DAEMON_TOO_OLD */
export function requireDaemonFor(op: SpawnOp, daemon: { readonly protocol: number } | undefined): void {
  if (!daemon || daemon.protocol >= optionsProtocol || !needsOptions(op)) return;
  throw new AppError('DAEMON_TOO_OLD', {
    message: 'The daemon of this host is too old for options',
    hint: 'Update the daemon, or start without options.',
  });
}

export interface Fallback {
  readonly profile: HostProfile;
  readonly options: SessionOptions;
  readonly note: string | null;
}

/** The profile, or the first of its fallback chain that can be started, where the request allows that. */
export function withFallback(profile: HostProfile, options: SessionOptions, host: Host): Fallback {
  const asked = { profile, options, note: null };
  if (profile.available || options.fallback !== true) return asked;
  const chain = profile.fallback ?? [];
  const next = chain
    .map((name) => host.profiles.find((each) => each.name === name))
    .find((each) => each?.available === true);
  if (!next) return asked;
  // Models, modes and words of one agent mean nothing to another.
  const { env, envNames, limits } = options;
  const kept = {
    ...(env ? { env } : {}),
    ...(envNames ? { envNames } : {}),
    ...(limits ? { limits } : {}),
  };
  const note = `${profile.displayName} was not available (${profile.reason ?? 'unknown'}): ${next.displayName} runs instead`;
  return { profile: next, options: kept, note: note.slice(0, 300) };
}
