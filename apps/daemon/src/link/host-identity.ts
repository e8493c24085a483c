// This host's Ed25519 keys and registration. Private keys never leave the state directory.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import path from 'node:path';
import { AppError, hostIdSchema, keyProof, type HostId } from '@roundhouse/protocol';
import { z } from 'zod';
import { readIfThere, readJsonFile, writeJsonFile } from '../state/json-file.js';

const fileSchema = z.object({
  version: z.literal(1),
  hostId: hostIdSchema,
  hostName: z.string(),
  hubId: z.uuid(),
  /** SPKI of the hub, base64. */
  hubPublicKey: z.string(),
  /** PEM of the hub's own CA, when it has one. */
  caCertificate: z.string().nullable(),
  /** PKCS 8, PEM. */
  privateKey: z.string(),
  /** When that key came to count; unknown for one that an earlier version made. */
  keySince: z.iso.datetime().optional(),
  /** Proposed to the hub, whose answer has not come. */
  nextKey: z.string().optional(),
  /** A hub whose database is restored from before the rotation knows only this one. */
  previousKey: z.string().optional(),
  /** The join token that was used, by its id: a new one means to register anew. */
  joinTokenId: z.string(),
});
export type Registration = z.infer<typeof fileSchema>;

export interface NewKey {
  readonly privateKey: string;
  /** SPKI, base64. */
  readonly publicKey: string;
}

/** Where the keys lie, in the order in which they are tried. */
const places = ['privateKey', 'nextKey', 'previousKey'] as const;

export class HostIdentity {
  #registration: Registration;
  readonly #save: (registration: Registration) => Promise<void>;
  #using: (typeof places)[number] = 'privateKey';

  constructor(registration: Registration, save: (registration: Registration) => Promise<void> = noFile) {
    this.#registration = registration;
    this.#save = save;
    createPrivateKey(registration.privateKey);
  }

  get registration(): Registration {
    return this.#registration;
  }

  get hostId(): HostId {
    return this.#registration.hostId;
  }

  /** Null when it is not known. */
  get keySince(): Date | null {
    const { keySince } = this.#registration;
    return keySince === undefined ? null : new Date(keySince);
  }

  /** A key that was proposed and may or may not count. */
  get hasNext(): boolean {
    return this.#registration.nextKey !== undefined;
  }

  /** Signature in base64, by the key that is in use. */
  sign(data: Uint8Array): string {
    return signed(this.#registration[this.#using] ?? this.#registration.privateKey, data);
  }

  /** After a refusal: signs with another of the kept keys from now on. False when all were tried; then it is the first again. */
  useAnother(): boolean {
    const rest = places.slice(places.indexOf(this.#using) + 1);
    const next = rest.find((place) => this.#registration[place] !== undefined);
    this.#using = next ?? 'privateKey';
    return next !== undefined;
  }

  /** The hub took the key in use: from now on it is the one that counts. @throws AppError NO_SPACE */
  async settle(now: Date): Promise<void> {
    const using = this.#using;
    const { privateKey, keySince } = this.#registration;
    if (using === 'privateKey') {
      if (keySince === undefined) await this.#write({ keySince: now.toISOString() });
      return;
    }
    const proven = this.#registration[using] ?? privateKey;
    this.#using = 'privateKey';
    await this.#become(proven, now);
  }

  /** The next key, made and written down before anybody hears of it, with what both keys sign. @throws AppError NO_SPACE */
  async propose(
    generation: number,
  ): Promise<{ readonly publicKey: string; readonly byOld: string; readonly byNew: string }> {
    const next = this.#registration.nextKey ?? newHostKey().privateKey;
    if (!this.hasNext) await this.#write({ nextKey: next });
    const { hubId, hostId } = this.#registration;
    const publicKey = publicKeyOf(next);
    const proof = keyProof({ hubId, hostId, generation, publicKey });
    return { publicKey, byOld: this.sign(proof), byNew: signed(next, proof) };
  }

  /** The hub took the proposed key. @throws AppError NO_SPACE */
  async promote(now: Date): Promise<void> {
    const { nextKey } = this.#registration;
    if (nextKey !== undefined) await this.#become(nextKey, now);
  }

  /** The hub did not want the proposed key. */
  async dropNext(): Promise<void> {
    await this.#write({ nextKey: undefined });
  }

  async #become(key: string, now: Date): Promise<void> {
    const previousKey = this.#registration.privateKey;
    await this.#write({ privateKey: key, previousKey, nextKey: undefined, keySince: now.toISOString() });
  }

  async #write(change: Partial<Registration>): Promise<void> {
    const changed = { ...this.#registration, ...change };
    await this.#save(changed);
    this.#registration = changed;
  }
}

const noFile = (): Promise<void> => Promise.resolve();

const signed = (pem: string, data: Uint8Array): string =>
  sign(null, data, createPrivateKey(pem)).toString('base64');

/** SPKI, base64. */
const publicKeyOf = (pem: string): string =>
  createPublicKey(pem).export({ format: 'der', type: 'spki' }).toString('base64');

const fileOf = (stateDir: string): string => path.join(stateDir, 'host.json');

/**
 * Null when this machine is not registered; also for a damaged file with `orNull`, which a new join token makes good.
 * @throws AppError CONFIG_INVALID when the file is damaged: the key in it is this machine's only proof
 */
export async function readIdentity(
  stateDir: string,
  { orNull = false }: { orNull?: boolean } = {},
): Promise<HostIdentity | null> {
  const file = fileOf(stateDir);
  const registration = await readJsonFile(file, fileSchema);
  try {
    if (registration) return new HostIdentity(registration, (changed) => writeJsonFile(file, changed));
  } catch {
    // A key that is none: as a damaged file.
  }
  if (orNull || (await readIfThere(file)) === null) return null;
  throw new AppError('CONFIG_INVALID', {
    message: `${file} is damaged, and with it the key of this host`,
    hint: 'Make a new join token for this host on the Hosts page, and start the daemon with it.',
  });
}

export async function writeIdentity(stateDir: string, registration: Registration): Promise<HostIdentity> {
  const file = fileOf(stateDir);
  await writeJsonFile(file, registration);
  return new HostIdentity(registration, (changed) => writeJsonFile(file, changed));
}

export function newHostKey(): NewKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { privateKey: pem, publicKey: publicKeyOf(pem) };
}
