// Trades the one-time join token for the registration of a new key; waits for a hub that is not ready yet.
import { createHash } from 'node:crypto';
import { backoffMs, delay, type Clock, type Logger } from '@roundhouse/kit';
import {
  AppError,
  hostRoutes,
  parseJoinToken,
  parseWith,
  type InstanceId,
  type JoinToken,
} from '@roundhouse/protocol';
import { type HostIdentity, newHostKey, readIdentity, writeIdentity } from './host-identity.js';
import { fetchPinnedCa, isTransient, postJson } from './hub-http.js';

const retry = { minMs: 500, maxMs: 5_000 };

export interface EnrolmentOptions {
  readonly hubUrl: string;
  readonly joinToken: string | null;
  readonly stateDir: string;
  readonly instanceId: InstanceId;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The registration in the state directory, or a new one by the join token. A token that was not used here before
 * replaces an older registration.
 * @throws AppError JOIN_TOKEN_INVALID, HUB_KEY_INVALID, CONFIG_INVALID; the reason of the signal
 */
export async function ensureEnrolled(options: EnrolmentOptions, signal: AbortSignal): Promise<HostIdentity> {
  const identity = await identityOf(options, signal);
  // From here on every line of the log tells which host wrote it.
  options.logger.setBindings({ hostId: identity.hostId });
  return identity;
}

async function identityOf(options: EnrolmentOptions, signal: AbortSignal): Promise<HostIdentity> {
  const existing = await readIdentity(options.stateDir, { orNull: options.joinToken !== null });
  if (options.joinToken === null) {
    if (existing) return existing;
    throw new AppError('CONFIG_INVALID', {
      message: 'JOIN_TOKEN is not set, and this machine is not registered yet',
      hint: 'Copy the command from the Hosts page; it holds a token that works for 30 minutes.',
    });
  }
  const token = parseJoinToken(options.joinToken);
  if (existing?.registration.joinTokenId === token.id) return existing;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await enrol(options, token, signal);
    } catch (error) {
      if (existing && error instanceof AppError && error.code === 'JOIN_TOKEN_INVALID') {
        options.logger.warn('JOIN_TOKEN is not valid any more; the registration of an earlier start is used');
        return existing;
      }
      if (!isTransient(error)) throw error;
      options.logger.info({ reason: String(error) }, 'the hub is not ready for this machine; trying again');
      await delay(backoffMs(attempt, { ...retry, random: Math.random }), options.clock, signal);
    }
  }
}

async function enrol(
  options: EnrolmentOptions,
  token: JoinToken,
  signal: AbortSignal,
): Promise<HostIdentity> {
  const { hubUrl, joinToken, stateDir, instanceId } = options;
  if (token.ca !== null && !hubUrl.startsWith('https:')) {
    throw new AppError('CONFIG_INVALID', {
      message: `HUB_URL is ${hubUrl}, but the hub of this join token is reached by https`,
      hint: 'Copy the whole command from the Hosts page.',
    });
  }
  const url = `${hubUrl}${hostRoutes.enrol.path}`;
  const ca = token.ca === null ? null : await fetchPinnedCa(url, token.ca, signal);
  const key = newHostKey();
  const body = { token: joinToken, publicKey: key.publicKey, instanceId };
  const answer = parseWith(
    hostRoutes.enrol.reply,
    await postJson({ url, body, ca, signal }),
    'The answer of the hub',
  );
  const fingerprint = createHash('sha256')
    .update(Buffer.from(answer.hubPublicKey, 'base64'))
    .digest('base64url');
  if (fingerprint !== token.hubKey) throw new AppError('HUB_KEY_INVALID');
  return writeIdentity(stateDir, {
    version: 1,
    hostId: answer.hostId,
    hostName: answer.name,
    hubId: answer.hubId,
    hubPublicKey: answer.hubPublicKey,
    caCertificate: ca,
    privateKey: key.privateKey,
    keySince: new Date(options.clock.now()).toISOString(),
    joinTokenId: token.id,
  });
}
