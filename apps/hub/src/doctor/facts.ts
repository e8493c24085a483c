// What the doctor of a hub knows when it judges. Null: could not be learnt, or does not apply.
import type { CommonFacts, PortState } from '@roundhouse/kit';

export interface HubFacts extends CommonFacts {
  readonly now: number;
  /** Null when the settings are wrong; then little else is known. */
  readonly setup: SetupFacts | null;
  readonly tls: TlsFacts | null;
  readonly database: DatabaseFacts | null;
  /** A hub answers on the port. */
  readonly running: boolean;
  readonly port: PortState | null;
  readonly identity: 'good' | 'missing' | 'damaged' | null;
  /** Whether the public URL leads to a hub; null when there is none or no hub runs. */
  readonly publicAnswer: { readonly failure: string | null } | null;
  readonly webBuilt: boolean;
  /** Backups that the hub is to make of itself; null when it is to make none. */
  readonly backups: BackupFacts | null;
}

export interface BackupFacts {
  readonly dir: string;
  /** When the newest was made; null: there is none. */
  readonly newestAt: number | null;
  /** When this hub was set up; null: it was not yet. */
  readonly setUpAt: number | null;
}

export interface SetupFacts {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  readonly databaseKind: 'embedded' | 'external';
}

export interface TlsFacts {
  /** Why the certificate cannot be used. */
  readonly problem: string | null;
  readonly validTo: number | null;
  /** Host name of the public URL that the certificate is not for. */
  readonly missingName: string | null;
  /** Self-signed certificates are renewed by the hub. */
  readonly selfRenewing: boolean;
}

export interface DatabaseFacts {
  /** Why it cannot be asked; the embedded one of a hub that does not run is `asleep`. */
  readonly problem: string | null;
  readonly asleep: boolean;
  readonly details: DatabaseDetails | null;
}

export interface DatabaseDetails {
  /** As in 170004. */
  readonly serverVersion: number;
  readonly readOnly: boolean;
  readonly encoding: string;
  readonly maxConnections: number;
  readonly migrated: boolean;
  readonly pending: readonly string[];
  readonly unknown: readonly string[];
  readonly failed: readonly string[];
  readonly hosts: readonly HostVersion[];
}

export interface HostVersion {
  readonly name: string;
  readonly daemonVersion: string;
  readonly protocol: number | null;
}
