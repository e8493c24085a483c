// The hub as a program: reads its settings, starts, says where it is, and ends cleanly on a signal.
import { homedir } from 'node:os';
import process from 'node:process';
import {
  compileSooner,
  createLogger,
  describeSettings,
  nodeFiles,
  systemClock,
  scrub,
} from '@roundhouse/kit';
import type { Hangups } from '@roundhouse/kit/hangups';
import { AppError } from '@roundhouse/protocol';
import { stateDirOf, type ConfigFacts } from './config.js';
import { createHub, type Hub } from './hub.js';
import { offerLocalDaemon } from './local-daemon-offer.js';
import { HubSettings } from './settings/hub-settings.js';
import { subcommands } from './subcommands.js';

/** Exit codes: what a supervisor may restart, and what a person must correct first. */
const exitFailed = 1;
const exitMisconfigured = 2;
/** Past this the process ends whatever is still open. */
const shutdownLimitMs = 10_000;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function fail(error: unknown): never {
  const known = error instanceof AppError;
  const text = known ? error.message : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`${scrub(text)}\n`);
  if (known)
    for (const { message } of error.fields)
      if (!error.message.includes(message)) process.stderr.write(`  ${message}\n`);
  if (known) process.stderr.write(`${error.hint}\n`);
  process.exit(known && error.code === 'CONFIG_INVALID' ? exitMisconfigured : exitFailed);
}

const facts: ConfigFacts = { isRoot: process.getuid?.() === 0, homeDir: homedir(), files: nodeFiles };

function load(args: readonly string[]): HubSettings {
  const unknown = args.filter((arg) => arg !== '--local-daemon');
  if (unknown.length > 0) {
    const message = `The hub does not know the argument ${unknown.join(' ')}`;
    throw new AppError('CONFIG_INVALID', {
      message,
      hint: `There are doctor, ${Object.keys(subcommands).join(', ')} and --local-daemon; see docs/settings.md.`,
    });
  }
  return HubSettings.load(process.env, facts);
}

async function start(args: readonly string[], hangups: Hangups): Promise<void> {
  const [name = '', ...rest] = args;
  if (name === 'doctor' || subcommands[name]) hangups.release();
  if (name === 'doctor') {
    const { doctorCommand } = await import('./doctor/command.js');
    const stateDir = stateDirOf(process.env, facts);
    const write = (text: string): void => void process.stdout.write(text);
    process.exitCode = await doctorCommand({ load: () => load([]), stateDir, args: rest, write });
    return;
  }
  const command = subcommands[name];
  if (!command) return main(args, hangups);
  process.exitCode = await command({ config: load([]).config, args: rest, say, now: new Date() });
}

async function main(args: readonly string[], hangups: Hangups): Promise<void> {
  const settings = load(args);
  const { config, origins, file } = settings;
  const logger = createLogger({ name: 'hub', level: config.logLevel, file: config.logFile });
  logger.info({ settings: describeSettings(origins), file }, 'starting');
  hangups.follow(() => {
    settings.reload({ clock: systemClock, logger });
  });
  let links: string[] | null = [];
  const hub = await createHub({
    settings,
    logger,
    onProgress: say,
    onSetupLink: (link) => {
      // The first one waits for the ready line.
      if (links) links.push(link);
      else say(`Setup link: ${link}`);
    },
  });
  compileSooner();
  endOnSignals(hub);
  const crash = (error: unknown): void => {
    logger.error({ err: error }, 'a fault that nothing handled');
    setTimeout(() => process.exit(exitFailed), shutdownLimitMs).unref();
    void hub.close().finally(() => process.exit(exitFailed));
  };
  process.on('unhandledRejection', crash).on('uncaughtException', crash);
  try {
    await hub.ready;
  } catch (error) {
    if (error instanceof AppError && error.code === 'SHUTTING_DOWN') return;
    await hub.close().catch(() => undefined);
    throw error;
  }
  if (args.includes('--local-daemon')) await offerLocalDaemon(hub, config, logger);
  say(`Roundhouse is ready: ${hub.url}`);
  for (const link of links) say(`Setup link: ${link}`);
  links = null;
}

function endOnSignals(hub: Hub): void {
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(exitFailed), shutdownLimitMs).unref();
    hub.close().then(
      () => process.exit(0),
      (error: unknown) => {
        fail(error);
      },
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

/** The program, with the arguments of its command line. */
export function run(args: readonly string[], hangups: Hangups): void {
  start(args, hangups).catch(fail);
}
