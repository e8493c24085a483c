// What the doctor of a daemon knows when it judges. Null: could not be learnt, or does not apply.
import type { CommonFacts, PortState } from '@roundhouse/kit';

export interface DaemonFacts extends CommonFacts {
  readonly registration: 'good' | 'missing' | 'damaged';
  readonly hasJoinToken: boolean;
  /** Null when the settings are wrong. */
  readonly hub: HubAnswer | null;
  /** A daemon holds the state directory now. */
  readonly running: boolean;
  readonly otlp: { readonly port: number; readonly explicit: boolean; readonly state: PortState } | null;
  readonly forward: { readonly url: string; readonly failure: string | null } | null;
  readonly roots: readonly RootFacts[];
  /** Files of profiles that cannot be used: `file: what is wrong`. */
  readonly profileProblems: readonly string[];
  readonly programs: readonly ProgramFacts[] | null;
  /** What `git --version` says; null when git could not be run. */
  readonly git: string | null;
  /** Why keepers cannot be started as ROUNDHOUSE_KEEPERS says; null when they can. */
  readonly keeperHost: string | null;
  readonly keepers: readonly KeeperFacts[];
  readonly worktrees: readonly WorktreeFacts[];
}

export interface HubAnswer {
  readonly url: string;
  /** Why no hub answered. */
  readonly failure: string | null;
  readonly ready: boolean;
  /** What it speaks; null when it does not say. */
  readonly protocol: { readonly min: number; readonly max: number } | null;
}
export interface RootFacts {
  readonly path: string;
  readonly readable: boolean;
}
export interface ProgramFacts {
  readonly profile: string;
  readonly program: string;
  readonly found: boolean;
  /** The profile is one of the user's own. */
  readonly own: boolean;
}
/** A session that its record calls running. */
export interface KeeperFacts {
  readonly sessionId: string;
  readonly alive: boolean;
  readonly socket: boolean;
}
export interface WorktreeFacts {
  readonly path: string;
  readonly there: boolean;
  readonly session: boolean;
}
