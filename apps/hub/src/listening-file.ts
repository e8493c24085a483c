// Says where this hub listens, to what watches over it on the same machine: `<state>/listening.json`, `{url}`, for as long as
// it listens. Port and TLS may stand in the environment, in files or in roundhouse.yaml; only the hub knows what came of it.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@roundhouse/kit';
import { writeSecret } from './auth/secret-file.js';

/** @returns how to take it back. A disk that takes no file does not keep the hub from its work. */
export async function tellListening(
  stateDir: string,
  url: string,
  logger: Logger,
): Promise<() => Promise<void>> {
  const file = path.join(stateDir, 'listening.json');
  await writeSecret(file, `${JSON.stringify({ url })}\n`).catch((error: unknown) => {
    logger.warn({ err: error }, 'where the hub listens could not be written down: health checks will fail');
  });
  return () => rm(file, { force: true });
}
