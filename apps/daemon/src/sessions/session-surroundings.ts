// What every session of this daemon shares.
import type { Logger } from '@roundhouse/kit';
import type { Reason, SessionReason } from '@roundhouse/protocol';
import type { InstalledKeeper } from '../keeper/keeper-bundle.js';
import type { Meaning } from '../otlp/meaning.js';
import type { AgentWatcher } from './agent-life.js';
import type { HostRoom } from './host-capacity.js';
import type { SessionCgroups } from './limits/session-cgroups.js';
import type { ScreenPool } from '../terminal/screen/screen-pool.js';
import type { ReportFact, StreamSink } from './session-events.js';
import type { SpawnDependencies } from './spawn-plan.js';

export interface SessionSurroundings extends SpawnDependencies {
  /** Where sockets are. */
  readonly runtimeDir: string;
  readonly keeper: InstalledKeeper;
  /** Output kept on disk for each session, in MiB. */
  readonly spoolMb: () => number;
  /** Of this daemon's life, growing with each start. */
  readonly generation: number;
  /** What is left on this host for another session. */
  readonly room: () => Promise<HostRoom>;
  readonly cgroups: SessionCgroups;
  readonly logger: Logger;
  readonly sink: StreamSink;
  readonly screens: ScreenPool;
  readonly report: ReportFact;
  /** Those who accompany agents while they run. */
  readonly watchers: readonly AgentWatcher[];
  readonly reasonOf: (code: SessionReason) => Reason;
  /** How a profile's telemetry is to be read; null when it has none. */
  readonly meaningOf: (profile: string) => Meaning | null;
}
