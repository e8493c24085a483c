// The exact commands that start a daemon on a new machine. Pure.
import { isLoopback } from '../config.js';

export interface JoinCommandParts {
  /** Where daemons reach the hub. */
  readonly hubUrl: string;
  readonly joinToken: string;
  readonly image: string;
  readonly projectRoots: readonly string[];
  readonly hostName: string;
}

const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Quotes a word for a POSIX shell. */
export const shellQuote = (word: string): string =>
  plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A name that container engines take. */
const containerName = (hostName: string): string =>
  `roundhouse-${
    hostName
      .toLowerCase()
      .replace(/[^a-z0-9_.-]+/g, '-')
      .replace(/^[-.]+|[-.]+$/g, '') || 'daemon'
  }`;

/**
 * For the shell to fill in: the container works as whoever runs the command, so that files belong to that person on
 * both sides. Rootless podman maps that user into the container; to root it would refuse to.
 */
const asCaller: Readonly<Record<'podman' | 'docker', readonly string[]>> = {
  podman: ['--user="$(id -u):$(id -g)"', '$([ "$(id -u)" = 0 ] || echo --userns=keep-id)'],
  docker: ['--user="$(id -u):$(id -g)"'],
};

export function joinCommands(parts: JoinCommandParts): { podman: string; docker: string; node: string } {
  const engine = (name: 'podman' | 'docker'): string => containerCommand(name, parts);
  return { podman: engine('podman'), docker: engine('docker'), node: nodeCommand(parts) };
}

function containerCommand(engine: 'podman' | 'docker', parts: JoinCommandParts): string {
  const name = containerName(parts.hostName);
  // A container reaches a hub on the loopback of its machine only through the network of that machine.
  const network = isLoopback(new URL(parts.hubUrl).hostname) ? ['--network=host'] : [];
  // After a reboot podman's own service starts those with "always" alone; here both words mean the same otherwise.
  const restart = engine === 'podman' ? 'always' : 'unless-stopped';
  const options = ['-d', `--restart=${restart}`, '--name', name, ...network];
  const confined = ['--cap-drop=all', '--security-opt=no-new-privileges'];
  const words = [
    '-v',
    `${name}-state:/state`,
    ...parts.projectRoots.flatMap((root) => ['-v', `${root}:${root}`]),
    '-e',
    `HUB_URL=${parts.hubUrl}`,
    '-e',
    `JOIN_TOKEN=${parts.joinToken}`,
    ...(parts.projectRoots.length > 0 ? ['-e', `PROJECTS_ROOT=${parts.projectRoots.join(':')}`] : []),
    parts.image,
  ];
  const quoted = (list: readonly string[]): string[] => list.map(shellQuote);
  return [engine, 'run', ...quoted(options), ...asCaller[engine], ...quoted([...confined, ...words])].join(
    ' ',
  );
}

function nodeCommand({ hubUrl, joinToken, projectRoots }: JoinCommandParts): string {
  const environment = [
    ['HUB_URL', hubUrl],
    ['JOIN_TOKEN', joinToken],
    ...(projectRoots.length > 0 ? [['PROJECTS_ROOT', projectRoots.join(':')]] : []),
  ];
  const assignments = environment.map(([name = '', value = '']) => `${name}=${shellQuote(value)}`);
  return [...assignments, 'node', 'apps/daemon'].join(' ');
}
