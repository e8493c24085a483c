// The daemon as a program: settings, signals, exit codes.
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  compileSooner,
  createLogger,
  describeSettings,
  nodeFiles,
  SettingsWatch,
  systemClock,
  type Logger,
  scrub,
} from '@roundhouse/kit';
import type { Hangups } from '@roundhouse/kit/hangups';
import { AppError } from '@roundhouse/protocol';
import { stateDirOf, type ConfigFacts } from './config.js';
import { DaemonSettings } from './settings/daemon-settings.js';

/** Exit codes: 2 a setting is wrong, 3 a person must act at the hub, 1 anything else. */
const exitCodes: Readonly<Record<string, number>> = {
  CONFIG_INVALID: 2,
  STATE_LOCKED: 2,
  JOIN_TOKEN_INVALID: 3,
  HOST_REVOKED: 3,
  HOST_CONFLICT: 3,
  HUB_KEY_INVALID: 3,
  HOST_KEY_INVALID: 3,
  PROTOCOL_MISMATCH: 3,
};

/** Until then sessions are taken up again, and what runs for that runs once. */
const startMs = 5_000;

const shippedProfiles = path.resolve(fileURLToPath(import.meta.url), '../../../../profiles');

const facts: ConfigFacts = {
  isRoot: process.getuid?.() === 0,
  homeDir: process.env['HOME'] ?? homedir(),
  shippedProfiles,
  files: nodeFiles,
};
const load = (): DaemonSettings => DaemonSettings.load(process.env, facts);

function fail(error: unknown): never {
  const known = error instanceof AppError ? error : null;
  const text = known
    ? `${known.message}\n${known.hint}`
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  process.stderr.write(`Roundhouse daemon: ${scrub(text)}\n`);
  process.exit(known ? (exitCodes[known.code] ?? 1) : 1);
}

/** Reads a changed file again, and whenever a signal asks for it. */
function followSettings(settings: DaemonSettings, logger: Logger, hangups: Hangups): SettingsWatch {
  const onChanged = (): void => {
    settings.reload(logger);
  };
  hangups.follow(onChanged);
  return new SettingsWatch({ places: settings.places, clock: systemClock, onChanged });
}

async function start([name, ...args]: readonly string[], hangups: Hangups): Promise<void> {
  if (name === undefined) return main(hangups);
  // A keeper host holds agents, and has nothing to read again.
  if (name !== 'keeper-host') hangups.release();
  if (name === 'install-service') {
    const { installService } = await import('./service/install-service.js');
    const { out, say } = installService(args, process.env);
    process.stdout.write(out);
    process.stderr.write(say);
    return;
  }
  if (name === 'keeper-host') {
    const { keeperHostCommand } = await import('./keeper-host/command.js');
    await keeperHostCommand({ stateDir: stateDirOf(process.env, facts), env: process.env, args });
    process.exit(0);
  }
  if (name !== 'doctor') {
    throw new AppError('CONFIG_INVALID', {
      message: `The daemon does not know the argument ${name}`,
      hint: 'There are doctor, install-service and keeper-host; settings are in docs/settings.md.',
    });
  }
  const { doctorCommand } = await import('./doctor/command.js');
  const stateDir = stateDirOf(process.env, facts);
  const write = (text: string): void => void process.stdout.write(text);
  const context = { load, env: process.env, stateDir, args, write };
  process.exitCode = await doctorCommand(context);
}

/** Whether ending is what was asked for. */
const isShutdown = (error: unknown): boolean => error instanceof AppError && error.code === 'SHUTTING_DOWN';

async function main(hangups: Hangups): Promise<void> {
  const settings = load();
  const { config, origins, file } = settings;
  const logger = createLogger({ name: 'daemon', level: config.logLevel, file: config.logFile });
  logger.info({ settings: describeSettings(origins), file }, 'starting');
  const watch = followSettings(settings, logger, hangups);
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      stop.abort(new AppError('SHUTTING_DOWN'));
    });
  }
  const started = setTimeout(compileSooner, startMs).unref();
  // Only timers that nobody waits for may let the process end: this one holds it while it waits for its hub.
  const alive = setInterval(() => undefined, 60_000);
  try {
    // Not for the other commands: a keeper host is small.
    const { Daemon } = await import('./daemon.js');
    await new Daemon({ config, settings, logger, env: process.env }).run(stop.signal);
  } catch (error) {
    if (!isShutdown(error) && !stop.signal.aborted) fail(error);
  } finally {
    clearInterval(alive);
    watch.dispose();
    clearTimeout(started);
  }
  process.exit(0);
}

/** The program, with the arguments of its command line. */
export function run(args: readonly string[], hangups: Hangups): void {
  start(args, hangups).catch(fail);
}
