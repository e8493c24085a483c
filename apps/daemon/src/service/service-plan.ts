// What a service manager is to run: read from the words of `install-service` and the environment it was called in. Pure.
import path from 'node:path';
import { configError, type Setting } from '@roundhouse/kit';
import { daemonSettings } from '../settings/table.js';

export interface ServicePlan {
  readonly scope: 'user' | 'system' | 'launchd';
  /** Absolute program, Node's flags, script. */
  readonly command: readonly string[];
  /** Settings that hold now, without secrets. */
  readonly environment: readonly (readonly [string, string])[];
  /** Whom a system unit runs as. */
  readonly user: string;
  readonly file: string;
  readonly logFile: string;
  readonly write: boolean;
}

export interface ServiceFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly isRoot: boolean;
  readonly homeDir: string;
  readonly userName: string;
  readonly node: string;
  readonly nodeFlags: readonly string[];
  /** The daemon's main.js. */
  readonly program: string;
}

/** What a service would miss from the shell that installs it: agents are found on PATH. Secrets are not among them. */
const kept = [
  ...['PATH', 'LANG'],
  ...Object.entries<Setting>(daemonSettings).flatMap(([name, { secret }]) => (secret ? [] : [name])),
];

const hint = 'There are: --user, --system, --launchd, --run-as NAME, --write.';

/** @throws AppError CONFIG_INVALID for a word that it does not know */
export function servicePlan(words: readonly string[], facts: ServiceFacts): ServicePlan {
  const { scope, user, write } = readWords(words, facts);
  if (scope === 'system' && !/^[a-z_][\w.-]*\$?$/i.test(user)) throw wrong(`"${user}" is no name of a user`);
  const environment = kept.flatMap((name): (readonly [string, string])[] => {
    const value = facts.env[name] ?? '';
    if (/[\n\r\0]/.test(value)) throw wrong(`${name} has a line break, which a unit file cannot hold`);
    return value === '' ? [] : [[name, value]];
  });
  return {
    scope,
    command: [facts.node, ...facts.nodeFlags, facts.program],
    environment,
    user,
    file: fileOf(scope, facts),
    logFile: path.join(facts.homeDir, 'Library/Logs/roundhouse-daemon.log'),
    write,
  };
}

function readWords(
  words: readonly string[],
  facts: ServiceFacts,
): { scope: ServicePlan['scope']; user: string; write: boolean } {
  let scope: ServicePlan['scope'] =
    facts.platform === 'darwin' ? 'launchd' : facts.isRoot ? 'system' : 'user';
  let user = facts.env['SUDO_USER'] ?? facts.userName;
  let write = false;
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--user' || word === '--system' || word === '--launchd')
      scope = word.slice(2) as ServicePlan['scope'];
    else if (word === '--write') write = true;
    else if (word === '--run-as' && rest[0] !== undefined) user = rest.shift() ?? user;
    else throw wrong(`install-service does not know "${word}"`);
  }
  return { scope, user, write };
}

function fileOf(scope: ServicePlan['scope'], { env, homeDir }: ServiceFacts): string {
  if (scope === 'system') return '/etc/systemd/system/roundhouse-daemon.service';
  if (scope === 'launchd') return path.join(homeDir, 'Library/LaunchAgents/roundhouse.daemon.plist');
  const config = env['XDG_CONFIG_HOME'] ?? path.join(homeDir, '.config');
  return path.join(config, 'systemd/user/roundhouse-daemon.service');
}

const wrong = (message: string) => configError([{ field: 'install-service', message }], hint);
