// Answers an agent's own question whether it may work in a folder, for a project that a person has trusted here: once,
// only while the agent starts, and only when the question really is on its screen.
import { delay, within, type Clock, type Logger } from '@roundhouse/kit';
import {
  compilePattern,
  compileSignals,
  keyInput,
  matchEvent,
  type CompiledSignals,
  type Profile,
} from '@roundhouse/profiles';
import type { SessionId } from '@roundhouse/protocol';
import type { TrustStore } from '../git/trust.js';
import type { AgentLife, AgentWatcher } from '../sessions/agent-life.js';
import type { HookEvent } from './hooks/hook-event.js';

const LOOK_MS = 150;
/** The screen stands still for as long before it is answered: a dialog takes no keys while it is being drawn. */
const STILL_MS = 300;
/** An agent that asks later than this after its start is not asking because it starts. */
const START_MS = 60_000;
/** A screen's thread that is busy. */
const SCREEN_MS = 2_000;
/** Rows and columns in which the question is looked for. */
const ROWS_MAX = 100;
const COLUMNS_MAX = 300;

export interface TrustAnswersOptions {
  readonly profileOf: (name: string) => Profile | undefined;
  readonly trust: Pick<TrustStore, 'isTrusted'>;
  /** The visible rows of a session. Rejects when it has no screen. */
  readonly screenOf: (sessionId: SessionId) => Promise<readonly string[]>;
  readonly type: (life: { sessionId: SessionId; epoch: number }, text: string) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Looking {
  readonly controller: AbortController;
  readonly signals: CompiledSignals;
}

type Life = Pick<AgentLife, 'sessionId' | 'epoch' | 'profile' | 'project' | 'found'>;

export class TrustAnswers implements AgentWatcher {
  readonly #options: TrustAnswersOptions;
  readonly #looking = new Map<SessionId, Looking>();

  constructor(options: TrustAnswersOptions) {
    this.#options = options;
  }

  begun(life: Life): void {
    const { profileOf, logger } = this.#options;
    const profile = profileOf(life.profile);
    // One that ran before this daemon has started; whether it was answered nobody knows.
    if (!profile?.trust || life.found) return;
    const { screen, keys } = profile.trust;
    const compiled = compilePattern(screen, 'i');
    if (!('pattern' in compiled)) return;
    const controller = new AbortController();
    this.#looking.set(life.sessionId, { controller, signals: compileSignals(profile) });
    this.#answer(life, { pattern: compiled.pattern, keys: keyInput(keys) }, controller.signal)
      .catch((error: unknown) => {
        if (!controller.signal.aborted)
          logger.warn({ err: error, sessionId: life.sessionId }, 'the question of trust was not looked for');
      })
      .finally(() => {
        this.#stop(life.sessionId, controller);
      });
  }

  ended({ sessionId }: Pick<AgentLife, 'sessionId'>): void {
    this.#stop(sessionId);
  }

  /** An agent that works has started. That a session began some tell before they ask. */
  heard({ sessionId, event, payload }: Pick<HookEvent, 'sessionId' | 'event' | 'payload'>): void {
    const signals = this.#looking.get(sessionId)?.signals;
    const meant = signals && matchEvent(signals, { source: 'file', event, payload });
    if (meant?.kinds.some((kind) => kind !== 'idle')) this.#stop(sessionId);
  }

  dispose(): void {
    for (const sessionId of [...this.#looking.keys()]) this.#stop(sessionId);
  }

  #stop(sessionId: SessionId, only?: AbortController): void {
    const controller = this.#looking.get(sessionId)?.controller;
    if (!controller || (only && only !== controller)) return;
    this.#looking.delete(sessionId);
    controller.abort();
  }

  async #answer(life: Life, trust: { pattern: RegExp; keys: string }, signal: AbortSignal): Promise<void> {
    const { clock, logger, type, trust: store } = this.#options;
    if (!(await store.isTrusted(life.project))) return;
    const until = clock.monotonic() + START_MS;
    let since = { text: '', at: 0 };
    while (clock.monotonic() < until) {
      await delay(LOOK_MS, clock, signal);
      const text = await this.#screen(life.sessionId, signal);
      if (text !== since.text) since = { text, at: clock.monotonic() };
      else if (text !== '' && clock.monotonic() - since.at >= STILL_MS && trust.pattern.test(text)) {
        signal.throwIfAborted();
        type(life, trust.keys);
        logger.info({ sessionId: life.sessionId }, 'the agent asked whether to trust a trusted folder: yes');
        return;
      }
    }
  }

  async #screen(sessionId: SessionId, signal: AbortSignal): Promise<string> {
    const { screenOf, clock } = this.#options;
    const what = 'the screen';
    const rows = await within(screenOf(sessionId), { ms: SCREEN_MS, what, clock, signal }).catch(() => []);
    signal.throwIfAborted();
    return rows
      .slice(-ROWS_MAX)
      .map((row) => row.slice(0, COLUMNS_MAX))
      .join('\n')
      .trim();
  }
}
