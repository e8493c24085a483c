// Where other parts of the daemon meet a session: what they add to an agent's start, and when its life begins and ends.
import type { Profile, SessionPlaces } from '@roundhouse/profiles';
import type { ReportedSession, SessionId, SpawnOp } from '@roundhouse/protocol';
import type { SessionDir } from './session-record.js';

/** An agent that is about to be started; nothing of it runs yet. */
export interface AgentStart {
  readonly op: SpawnOp;
  readonly profile: Profile;
  readonly cwd: string;
  /** The repository or directory that people trust: the project, also for a worktree of it. */
  readonly project: string;
  readonly dir: SessionDir;
  readonly conversationId: string | null;
  /** Where its telemetry goes, with the secret of this epoch; null when the receiver is off. */
  readonly otlpEndpoint: string | null;
  readonly otlpToken: string | null;
}

/** What an agent is given for this one process: nothing of it is written outside of the session's directory. */
export interface PreparedAgent {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** For placeholders in the rest of the command and the environment. */
  readonly places?: SessionPlaces;
  /** For a person, one sentence each. */
  readonly warnings: readonly string[];
}

export type PrepareAgent = (start: AgentStart, signal: AbortSignal) => Promise<PreparedAgent>;

export const nothingPrepared: PreparedAgent = { args: [], env: {}, warnings: [] };

/** One life of an agent's process. */
export interface AgentLife {
  readonly sessionId: SessionId;
  readonly epoch: number;
  /** Name of the profile. */
  readonly profile: string;
  readonly project: string;
  readonly cwd: string;
  readonly dir: SessionDir;
  /** It was running when this daemon started. */
  readonly found: boolean;
}

/** Accompanies agents while they run; one for all sessions of a daemon. Must not throw. */
export interface AgentWatcher {
  /** The keeper has the agent: started now, or found. */
  begun(life: AgentLife): void;
  /** It is over, however; not called for agents that outlive this daemon. */
  ended(life: Pick<AgentLife, 'sessionId' | 'epoch'>): void;
  /** What is known of it besides its process, for heartbeats. */
  report?(sessionId: SessionId, epoch: number): Partial<ReportedSession>;
}
