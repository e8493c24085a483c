// Who starts keepers for this state directory: what a keeper host writes about itself, and what a daemon compares.
import { readlinkSync } from 'node:fs';
import path from 'node:path';
import { processRefSchema } from '@roundhouse/protocol';
import { z } from 'zod';
import { runtimeDirOf } from '../keeper/runtime-dir.js';
import { readJsonFile, writeJsonFile } from '../state/json-file.js';

/** What daemon and agents must have in common: pids, the loopback of the telemetry, who may read and signal whom. */
const namespaceNames = ['pid', 'net', 'user'] as const;
export type NamespaceName = (typeof namespaceNames)[number];

const identitySchema = z.object({
  versions: z.object({ min: z.int(), max: z.int() }),
  process: processRefSchema,
  namespaces: z.record(z.string(), z.string()),
  /** As it is called there: paths of sessions are handed over as they are. */
  stateDir: z.string(),
  /** The PATH by which agents are found. */
  path: z.string().nullable(),
});
export type KeeperHostIdentity = z.infer<typeof identitySchema>;

const fileOf = (stateDir: string): string => path.join(stateDir, 'keeper-host.json');

/** In the directory of the keepers' sockets, which only this user may enter. */
export const keeperHostSocket = (stateDir: string): string =>
  path.join(runtimeDirOf(stateDir), 'keeper-host.sock');

/** Null when no keeper host has ever served the directory. */
export const readKeeperHost = (stateDir: string): Promise<KeeperHostIdentity | null> =>
  readJsonFile(fileOf(stateDir), identitySchema);

export const writeKeeperHost = (stateDir: string, identity: KeeperHostIdentity): Promise<void> =>
  writeJsonFile(fileOf(stateDir), identity);

/** Those of this process; empty where there are none (no Linux). */
export function ownNamespaces(): Record<string, string> {
  const known = namespaceNames.map((name): [string, string] => [name, readNamespace(name)]);
  return Object.fromEntries(known.filter(([, id]) => id !== ''));
}

/** Those in which the keeper host is and this process is not. */
export function foreignNamespaces(identity: KeeperHostIdentity, own = ownNamespaces()): NamespaceName[] {
  return namespaceNames.filter((name) => identity.namespaces[name] !== own[name]);
}

function readNamespace(name: NamespaceName): string {
  try {
    return readlinkSync(`/proc/self/ns/${name}`);
  } catch {
    return '';
  }
}
