// What Roundhouse adds to an agent without leaving a trace on the host, put together for the daemon.
import type { Clock, Logger } from '@roundhouse/kit';
import type { Profile } from '@roundhouse/profiles';
import type { SessionId } from '@roundhouse/protocol';
import type { TrustStore } from '../git/trust.js';
import type { AgentWatcher, PrepareAgent } from '../sessions/agent-life.js';
import type { Session } from '../sessions/session.js';
import type { HookIntake } from './hooks/hook-intake.js';
import { createAgentOverlay } from './overlay/agent-overlay.js';
import { installRelay } from './relay/relay-install.js';
import { Sidecars } from './sidecar.js';
import { TrustAnswers } from './trust-answer.js';

export interface FootprintOptions {
  readonly stateDir: string;
  readonly hooks: HookIntake;
  readonly trust: TrustStore;
  readonly profileOf: (name: string) => Profile | undefined;
  readonly sessionOf: (id: SessionId) => Session | undefined;
  /** The daemon's own environment, of which an agent sees only what is allowed. */
  readonly baseEnv: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What a shell reports of itself has changed; once a second at most. */
  readonly onShellReport: () => void;
}

export interface Footprint {
  readonly prepareAgent: PrepareAgent;
  readonly watchers: readonly AgentWatcher[];
  dispose(): void;
}

/** @throws AppError NO_SPACE */
export async function openFootprint(options: FootprintOptions): Promise<Footprint> {
  const { stateDir, hooks, trust, profileOf, sessionOf, baseEnv, clock, logger, onShellReport } = options;
  const relay = await installRelay(stateDir, clock.now());
  const sidecars = new Sidecars({ profileOf, clock, onChanged: onShellReport });
  const answers = new TrustAnswers({
    ...{ profileOf, trust, clock, logger },
    screenOf: (id) => sessionOf(id)?.screen.text() ?? Promise.resolve([]),
    type: ({ sessionId, epoch }, text) => sessionOf(sessionId)?.screen.type(epoch, text),
  });
  const stopListening = hooks.onHook((event) => {
    answers.heard(event);
  });
  return {
    prepareAgent: createAgentOverlay({ relay, hooks, trust, baseEnv }),
    watchers: [hooks, sidecars, answers],
    dispose() {
      stopListening();
      sidecars.dispose();
      answers.dispose();
    },
  };
}
