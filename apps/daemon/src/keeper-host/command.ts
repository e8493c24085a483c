// The subcommand keeper-host: starts keepers for daemons that run apart, until it is told to stop.
import { once } from 'node:events';
import { createLogger, parseCommand, type Env } from '@roundhouse/kit';
import { KeeperHost } from './keeper-host.js';

export interface KeeperHostContext {
  readonly stateDir: string;
  readonly env: Env;
  readonly args: readonly string[];
}

/** @throws AppError STATE_LOCKED, CONFIG_INVALID */
export async function keeperHostCommand({ stateDir, env, args }: KeeperHostContext): Promise<void> {
  parseCommand(args, { usage: 'node apps/daemon keeper-host', options: {} });
  const logger = createLogger({ name: 'keeper-host', level: 'info', file: null });
  const ended = AbortSignal.any(['SIGTERM', 'SIGINT'].map(signalled));
  const host = await KeeperHost.start({ stateDir, path: env['PATH'], logger });
  logger.info({ stateDir }, 'keepers can be started');
  if (!ended.aborted) await once(ended, 'abort');
  await host.dispose();
}

function signalled(name: string): AbortSignal {
  const controller = new AbortController();
  process.once(name, () => {
    controller.abort();
  });
  return controller.signal;
}
