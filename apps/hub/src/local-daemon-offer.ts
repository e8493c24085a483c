// Tells the daemon of this machine where its hub is, and how to join it, by a file that only their user can read.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { systemClock, type Logger } from '@roundhouse/kit';
import { joinTokenTtlMs } from '@roundhouse/protocol';
import { writeSecret } from './auth/secret-file.js';
import { LocalHostService } from './hosts/local-host.service.js';
import type { HubConfig } from './config.js';
import type { Hub } from './hub.js';

/** Enrolment waits for setup, which may take an hour: the token in the file must not lapse meanwhile. */
const renewEveryMs = joinTokenTtlMs / 2;

/** Writes `<state>/local-daemon.json`: `{hubUrl, joinToken?}`, and again with a fresh token until it has enrolled. */
export async function offerLocalDaemon(hub: Hub, config: HubConfig, logger: Logger): Promise<void> {
  // Certificates of the user's own are for their own name; otherwise the shortest way is the loopback.
  const hubUrl = config.tls.mode === 'files' ? hub.url : hub.localUrl;
  const write = async (): Promise<boolean> => {
    // A daemon whose own state is gone must enrol anew, although its host is known here.
    const hasKey = existsSync(path.join(config.stateDir, 'daemon', 'host.json'));
    const joinToken = await hub.get(LocalHostService).issueJoinToken({ daemonHasKey: hasKey });
    const offer = { hubUrl, ...(joinToken === null ? {} : { joinToken }) };
    await writeSecret(path.join(config.stateDir, 'local-daemon.json'), `${JSON.stringify(offer)}\n`);
    return joinToken === null;
  };
  if (await write()) return;
  const cancel = systemClock.every(renewEveryMs, () => {
    write().then(
      (enrolled) => {
        if (enrolled) cancel();
      },
      (error: unknown) => {
        logger.warn({ err: error }, 'the offer to the local daemon was not renewed');
      },
    );
  });
}
