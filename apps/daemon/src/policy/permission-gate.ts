// The three keys of a permission mode in which an agent asks for nothing: its profile, this host, a person's word. Pure.
import { allowsMode, type Profile, type ResolvedChoice } from '@roundhouse/profiles';
import { AppError } from '@roundhouse/protocol';

/** Names of modes in `policy.yaml`: one for all profiles, or one for each. */
export type ModeCeiling = string | Readonly<Record<string, string>> | undefined;

export interface GateRequest {
  readonly profile: Profile;
  readonly choice: Pick<ResolvedChoice, 'permissionMode' | 'bypass'>;
  readonly policyCeiling: ModeCeiling;
  /** What a person typed, and what it has to be. */
  readonly confirm: string | undefined;
  readonly projectName: string;
}

/** @throws AppError BYPASS_REFUSED that says which key is missing */
export function requireMode(request: GateRequest): void {
  const { permissionMode, bypass } = request.choice;
  const modes = new Set([permissionMode, bypass].filter((mode) => mode !== null));
  for (const mode of modes) requireOne(mode, bypass === mode, request);
}

function requireOne(mode: string, bypass: boolean, request: GateRequest): void {
  const { profile, policyCeiling, confirm, projectName } = request;
  const what = `The permission mode ${mode} of ${profile.display_name}`;
  if (!allowsMode(profile, mode)) {
    const hint = `Raise permission_modes.ceiling in ${profile.name}.local.yaml on the host.`;
    throw refused(`${what} is above the ceiling of its profile`, hint);
  }
  if (!hostAllowsMode(profile, mode, policyCeiling)) {
    const hint = `Set permission_mode_ceiling to ${mode} in policy.yaml on the host, and restart its daemon.`;
    throw refused(`${what} is not allowed by the policy of this host`, hint);
  }
  // The root of the file system has no name that could be typed.
  if (bypass && (confirm !== projectName || projectName === '')) {
    throw refused(
      `${what} needs the name of the project, typed by a person`,
      `Type ${projectName} to confirm.`,
      'confirmBypass',
    );
  }
}

/** Without a ceiling, or with one that the profile does not know, everything in which the agent still asks. */
export function hostAllowsMode(profile: Profile, mode: string, ceiling: ModeCeiling): boolean {
  const modes = profile.permission_modes?.modes ?? {};
  const names = Object.keys(modes);
  const own = typeof ceiling === 'object' ? ceiling[profile.name] : ceiling;
  if (own === undefined || !names.includes(own)) return modes[mode]?.bypass !== true;
  return names.indexOf(mode) <= names.indexOf(own);
}

const refused = (message: string, hint: string, field?: string): AppError =>
  new AppError('BYPASS_REFUSED', {
    message,
    hint,
    ...(field === undefined ? {} : { fields: [{ field, message }] }),
  });
