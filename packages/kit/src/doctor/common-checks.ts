// Checks that hub and daemon share: settings, Node, the state directory, disk, descriptors, clock.
import { error, warning, type Check, type Complaint } from './check.js';

export interface CommonFacts {
  /** What is wrong with the settings; empty when they are good. */
  readonly settingProblems: readonly string[];
  readonly nodeVersion: string;
  readonly stateDir: DirFacts;
  /** Files that nobody else may read, of those that are there. */
  readonly secretFiles: readonly FileFacts[];
  /** Files of settings in which secrets stand, of those that are there. */
  readonly settingFiles: readonly FileFacts[];
  /** Null where the system does not tell. */
  readonly descriptorLimit: number | null;
  /** This machine's clock, less that of the one it is compared with, in ms; null when that could not be asked. */
  readonly skewMs: number | null;
}

export interface DirFacts {
  readonly path: string;
  readonly exists: boolean;
  /** Of the nearest directory that exists. */
  readonly writable: boolean;
  readonly mode: number;
  readonly freeBytes: number | null;
}

export interface FileFacts {
  readonly path: string;
  readonly mode: number;
}

const mib = 1024 * 1024;
/** Below this the next write may fail; a database stops at once. */
export const diskErrorBytes = 200 * mib;
const diskWarningBytes = 1024 * mib;
/** One-time codes and certificates bear this much. */
const skewWarningMs = 30_000;
const descriptorsMin = 1024;
const nodeMin = [20, 19] as const;

/** Where container engines put secrets, mostly as 0444: nobody but the program is in there to read them. */
const containerSecrets = '/run/secrets/';

const at = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');
const size = (bytes: number): string => `${String(Math.floor(bytes / mib))} MiB`;

function lookAtDisk({ stateDir: { path, freeBytes } }: CommonFacts): Complaint[] {
  if (freeBytes === null || freeBytes >= diskWarningBytes) return [];
  const found = `${size(freeBytes)} are free for ${path}`;
  return [freeBytes < diskErrorBytes ? error(found) : warning(found)];
}

export const commonChecks: readonly Check<CommonFacts>[] = [
  {
    id: 'settings',
    doc: 'Every setting is known and has a value that fits.',
    fix: 'Correct the setting that is named; docs/settings.md has them all.',
    look: ({ settingProblems }) => settingProblems.map((problem) => error(problem)),
  },
  {
    id: 'node',
    doc: 'Node.js is a version that Roundhouse runs on.',
    fix: `Install Node.js ${nodeMin.join('.')} or newer.`,
    look: ({ nodeVersion }) => {
      const [major = 0, minor = 0] = nodeVersion.replace('v', '').split('.').map(Number);
      const old = major < nodeMin[0] || (major === nodeMin[0] && minor < nodeMin[1]);
      return old ? [error(`Node.js is ${nodeVersion}`)] : [];
    },
  },
  {
    id: 'state-dir',
    doc: 'The state directory is there, or can be made, and may be written.',
    fix: 'Give the directory to the user that runs Roundhouse (chown), or set ROUNDHOUSE_STATE_DIR to another one.',
    look: ({ stateDir }) => (stateDir.writable ? [] : [error(`${stateDir.path} cannot be written`)]),
  },
  {
    id: 'state-mode',
    doc: 'Nobody else can list or write the state directory.',
    fix: 'chmod go-rw on the directory that is named.',
    look: ({ stateDir }) =>
      stateDir.exists && (stateDir.mode & 0o066) !== 0
        ? [error(`${stateDir.path} is open to others (mode ${at(stateDir.mode)})`)]
        : [],
  },
  {
    id: 'secret-mode',
    doc: 'Nobody else can read files with keys and secrets.',
    fix: 'chmod 600 on the file that is named; if others use this machine, take its content for known.',
    look: ({ secretFiles }) =>
      secretFiles
        .filter(({ mode }) => (mode & 0o077) !== 0)
        .map(({ path, mode }) => error(`${path} can be read by others (mode ${at(mode)})`)),
  },
  {
    id: 'settings-mode',
    doc: 'Not everybody can read files of settings with secrets: roundhouse.yaml, and those that NAME_FILE names.',
    fix: 'chmod o-rwx on the file that is named; if others use this machine, replace the secret in it.',
    look: ({ settingFiles }) =>
      settingFiles
        .filter(({ path, mode }) => (mode & 0o007) !== 0 && !path.startsWith(containerSecrets))
        .map(({ path, mode }) => error(`${path} holds a secret and is open to everybody (mode ${at(mode)})`)),
  },
  {
    id: 'disk',
    doc: 'There is room on the disk of the state directory.',
    fix: 'Free some space, or move the state directory to a larger disk.',
    look: lookAtDisk,
  },
  {
    id: 'descriptors',
    doc: `A process may open ${String(descriptorsMin)} files or more.`,
    fix: 'Raise the limit: ulimit -n 4096, LimitNOFILE= in a systemd unit, --ulimit nofile= of a container.',
    look: ({ descriptorLimit: limit }) =>
      limit !== null && limit < descriptorsMin ? [warning(`A process may open ${String(limit)} files`)] : [],
  },
  {
    id: 'clock',
    doc: 'The clock agrees within 30 s with that of the database (hub) or of the hub (daemon).',
    fix: 'Set the clock by NTP on both machines (timedatectl set-ntp true).',
    look: ({ skewMs }) => {
      if (skewMs === null || Math.abs(skewMs) < skewWarningMs) return [];
      const ahead = skewMs > 0 ? 'ahead' : 'behind';
      return [
        warning(`The clock of this machine is ${String(Math.round(Math.abs(skewMs) / 1000))} s ${ahead}`),
      ];
    },
  },
];
