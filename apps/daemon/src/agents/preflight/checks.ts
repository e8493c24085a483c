// The words of a preflight: what was found, and what to do where a start would fail. Pure.
import type { Profile } from '@roundhouse/profiles';
import type { AppError, PreflightCheck } from '@roundhouse/protocol';

export type CheckName = PreflightCheck['name'];

export const passed = (name: CheckName, message: string): PreflightCheck => ({
  name,
  state: 'ok',
  message,
  fix: null,
});

const warned = (name: CheckName, message: string, fix: string): PreflightCheck =>
  check({ name, state: 'warning', message, fix });

export const failed = (name: CheckName, message: string, fix: string): PreflightCheck =>
  check({ name, state: 'failed', message, fix });

/** What the start itself would say. */
export const failedWith = (name: CheckName, { message, hint, fields }: AppError): PreflightCheck => ({
  ...failed(
    name,
    [
      message,
      ...fields.filter(({ field }) => field !== CONFIRM).map((each) => `${each.field}: ${each.message}`),
    ].join('; '),
    hint,
  ),
  ...(fields.some(({ field }) => field === CONFIRM) ? { confirm: true } : {}),
});

/** The field of a person's word. */
const CONFIRM = 'confirmBypass';

const TEXT_MAX = 500;
const check = ({ message, fix, ...rest }: PreflightCheck): PreflightCheck => ({
  ...rest,
  message: message.slice(0, TEXT_MAX),
  fix: fix?.slice(0, TEXT_MAX) ?? null,
});

export interface BinaryFacts {
  /** Null when there is no such program. */
  readonly file: string | null;
  readonly version: string | null;
  /** Why `--version` did not work; null when it did, or was not asked. */
  readonly complaint: string | null;
}

export function binaryCheck(profile: Profile, { file, version, complaint }: BinaryFacts): PreflightCheck {
  const { binary } = profile;
  if (file === null) {
    const where = binary.includes('/') ? 'does not exist' : 'is not on the PATH of the daemon';
    return failed('binary', `${binary} ${where}`, installFix(profile));
  }
  if (complaint !== null) {
    return failed(
      'binary',
      complaint,
      `Run ${binary} --version on the host to see why, or install it again.`,
    );
  }
  return passed('binary', version === null ? file : `${version} (${file})`);
}

/** The command that installs it, when the profile knows one. */
function installFix({ binary, provisioning }: Profile): string {
  const { npm = [], pip = [] } = provisioning?.install ?? {};
  const command =
    npm.length > 0
      ? `npm install -g ${npm.join(' ')}`
      : pip.length > 0
        ? `pip install ${pip.join(' ')}`
        : null;
  if (command === null)
    return `Install ${binary} on the host, and put it on the PATH of the daemon; then rescan.`;
  return `Run on the host: ${command} (and see that the daemon has it on its PATH); then rescan.`;
}

export function authCheck(profile: Profile, missing: string | null): PreflightCheck {
  if (missing !== null) {
    return failed(
      'auth',
      missing,
      'Set it where the daemon is started (its service or shell), and restart the daemon.',
    );
  }
  const { env_vars: names } = profile.auth;
  const what =
    names.length > 0 ? `${names.join(', ')}: set` : "The agent's own login is used; it is not checked";
  return passed('auth', what);
}

export interface TrustFacts {
  readonly trusted: boolean;
  readonly worktree: boolean;
  /** The agent asks by itself whether to trust a directory. */
  readonly asks: boolean;
}

export function trustCheck({ trusted, worktree, asks }: TrustFacts): PreflightCheck {
  if (trusted) return passed('trust', 'The project is trusted');
  if (worktree) {
    const fix = 'Trust the project in this dialog, or start without a worktree.';
    return failed('trust', 'A worktree needs a trusted project: git runs in it', fix);
  }
  if (!asks) return passed('trust', 'The project is not trusted; without a worktree it need not be');
  const fix = 'Answer its question in the terminal, or trust the project first.';
  return warned(
    'trust',
    'The project is not trusted: the agent will ask about this folder before it begins',
    fix,
  );
}

/** @param told what is asked for and not given */
export const limitsCheck = (told: readonly string[]): PreflightCheck =>
  told.length === 0
    ? passed('limits', 'What was limited is enforced')
    : warned('limits', told.join('. '), 'It starts all the same; see docs/hosts.md for what a host needs.');

/** More than a person starts before the answer is old. */
const ROOM_TOLD = 20;

export const roomWord = (sessions: number | null): string =>
  sessions === null
    ? 'How much room the host has is not known'
    : sessions > ROOM_TOLD
      ? `There is room for more than ${String(ROOM_TOLD)} sessions`
      : `There is room for ${String(sessions)} more`;

const MiB = 1024 * 1024;
/** Below it an agent that installs or builds something soon fails. */
const FREE_WARNED = 1024 * MiB;
/** Below it even the output of the terminal does not fit (64 MiB of it are kept). */
const FREE_FAILED = 100 * MiB;

export function diskCheck(places: readonly { path: string; free: number | null }[]): PreflightCheck {
  const known = places.flatMap(({ path, free }) => (free === null ? [] : [{ path, free }]));
  const [tightest] = known.toSorted((a, b) => a.free - b.free);
  if (!tightest) return passed('disk', 'Free space is not known here');
  const left = `${String(Math.floor(tightest.free / MiB))} MiB are free at ${tightest.path}`;
  if (tightest.free >= FREE_WARNED) return passed('disk', left);
  const fix = `Free some space: at least 1 GiB at ${tightest.path}.`;
  return tightest.free < FREE_FAILED ? failed('disk', left, fix) : warned('disk', left, fix);
}
