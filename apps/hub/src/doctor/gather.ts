// Asks the machine, the database and a running hub for what the checks look at. Changes nothing.
import { X509Certificate } from 'node:crypto';
import { access, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  probeDescriptors,
  probeDir,
  probeFiles,
  probeHttp,
  probePort,
  type HttpAnswer,
} from '@roundhouse/kit';
import { backupPrefix, findBackups, newestBy } from '../backup/backup-files.js';
import { savedFiles } from '../backup/state-files.js';
import type { HubConfig, LoadedConfig } from '../config.js';
import { hubIdentitySchema } from '../auth/hub-identity.js';
import { lookAtDatabase, type DatabaseLook } from '../platform/database/dump/look.js';
import { addressNow, hasEmbedded } from '../platform/database/dump/server.js';
import { defaultWebDir } from '../platform/http/static-files.js';
import { readCertificateFiles } from '../platform/tls/certificate-files.js';
import type { DatabaseFacts, HubFacts, TlsFacts } from './facts.js';

/** @param loaded null when the settings are wrong; `settingProblems` then says how */
export async function gatherHubFacts(
  loaded: Pick<LoadedConfig, 'config' | 'secretFiles'> | null,
  settingProblems: readonly string[],
  stateDir: string,
): Promise<HubFacts> {
  const config = loaded?.config ?? null;
  const dir = config?.stateDir ?? stateDir;
  const secrets = [...savedFiles.filter((name) => !/^tls\/\w+\.pem$/.test(name)), 'database/password'];
  const keys = config?.tls.mode === 'files' ? [config.tls.keyFile] : [];
  const common = {
    now: Date.now(),
    settingProblems,
    nodeVersion: process.version,
    stateDir: await probeDir(dir),
    secretFiles: await probeFiles([...secrets.map((name) => path.join(dir, name)), ...keys]),
    settingFiles: await probeFiles(loaded?.secretFiles ?? []),
    descriptorLimit: await probeDescriptors(),
    identity: await probeIdentity(dir),
    webBuilt: await access(path.join(defaultWebDir, 'index.html')).then(
      () => true,
      () => false,
    ),
  };
  if (config === null) {
    return {
      ...common,
      ...{ skewMs: null, setup: null, tls: null, database: null, port: null },
      running: false,
      backups: null,
      publicAnswer: null,
    };
  }
  const running = config.port !== 0 && isHub(await probeHttp(localUrl(config), await ownAuthority(config)));
  const { facts: database, skewMs } = await probeDatabase(config);
  return {
    ...common,
    skewMs,
    setup: {
      host: config.host,
      port: config.port,
      publicUrl: config.publicUrl,
      databaseKind: config.databaseUrl === null ? 'embedded' : 'external',
    },
    tls: await probeTls(config, common.now),
    database,
    running,
    port: running ? null : await probePort(config.host, config.port),
    publicAnswer: running ? await probePublic(config) : null,
    backups: await probeBackups(config, common.now),
  };
}

async function probeBackups(
  { backups: { keep, dir }, stateDir }: HubConfig,
  now: number,
): Promise<HubFacts['backups']> {
  if (keep === 0) return null;
  const newest = newestBy(await findBackups(dir, backupPrefix).catch(() => []), now);
  const identity = await stat(path.join(stateDir, 'hub-identity.json')).catch(() => null);
  return { dir, newestAt: newest?.at.getTime() ?? null, setUpAt: identity?.mtimeMs ?? null };
}

async function probeIdentity(dir: string): Promise<HubFacts['identity']> {
  const text = await readFile(path.join(dir, 'hub-identity.json'), 'utf8').catch(() => null);
  if (text === null) return 'missing';
  try {
    return hubIdentitySchema.safeParse(JSON.parse(text)).success ? 'good' : 'damaged';
  } catch {
    return 'damaged';
  }
}

async function probeDatabase(config: HubConfig): Promise<{ facts: DatabaseFacts; skewMs: number | null }> {
  const asleep = { facts: { problem: null, asleep: true, details: null }, skewMs: null };
  if (config.databaseUrl === null && !(await hasEmbedded(config.stateDir))) return asleep;
  try {
    const address = await addressNow(config);
    if (address === null) return asleep;
    const { skewMs, ...details }: DatabaseLook = await lookAtDatabase(address);
    return { facts: { problem: null, asleep: false, details }, skewMs };
  } catch (error) {
    return { facts: { problem: reasonOf(error), asleep: false, details: null }, skewMs: null };
  }
}

/** What pg says when a host has several addresses is in the errors of an AggregateError. */
function reasonOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error && first.message !== '' ? first.message : String(first);
}

async function probeTls(config: HubConfig, now: number): Promise<TlsFacts | null> {
  const { tls, stateDir, publicUrl } = config;
  if (tls.mode === 'off') return null;
  const selfRenewing = tls.mode === 'self-signed';
  const nothing = { problem: null, validTo: null, missingName: null, selfRenewing };
  try {
    const pem = selfRenewing
      ? await readFile(path.join(stateDir, 'tls/server.pem'), 'utf8').catch(() => null)
      : (await readCertificateFiles(tls, now)).cert;
    // Made at the first start.
    if (pem === null) return nothing;
    const leaf = new X509Certificate(pem);
    const name = publicUrl === null ? null : new URL(publicUrl).hostname;
    const fits =
      name === null || (leaf.checkHost(name) ?? leaf.checkIP(name.replace(/^\[|\]$/g, ''))) !== undefined;
    return { ...nothing, validTo: Date.parse(leaf.validTo), missingName: fits || selfRenewing ? null : name };
  } catch (error) {
    return { ...nothing, problem: reasonOf(error) };
  }
}

async function probePublic(config: HubConfig): Promise<HubFacts['publicAnswer']> {
  if (config.publicUrl === null) return null;
  const answer = await probeHttp(`${config.publicUrl}/healthz`, await ownAuthority(config));
  if (isHub(answer)) return { failure: null };
  return {
    failure:
      'failure' in answer ? answer.failure : `answered ${String(answer.status)}, but not as a hub does`,
  };
}

/** A hub that signs its own certificate is trusted by its own CA. */
const ownAuthority = ({ tls, stateDir }: HubConfig): Promise<string | null> =>
  tls.mode === 'self-signed'
    ? readFile(path.join(stateDir, 'tls/ca.pem'), 'utf8').catch(() => null)
    : Promise.resolve(null);

function localUrl({ host, port, tls }: HubConfig): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${tls.mode === 'off' ? 'http' : 'https'}://${name}:${String(port)}/healthz`;
}

/** With certificate files the name may not be that of the loopback: an answer that is refused for that is one, too. */
function isHub(answer: HttpAnswer | { readonly failure: string }): boolean {
  if ('failure' in answer) return /altnames|self-signed|certificate/i.test(answer.failure);
  const { json } = answer;
  return (
    answer.status === 200 && typeof json === 'object' && json !== null && Reflect.get(json, 'status') === 'ok'
  );
}
