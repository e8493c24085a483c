// The states of all agents that run on this host: whose signs are heard, and who is told.
import type { Clock, Logger } from '@roundhouse/kit';
import type { Profile } from '@roundhouse/profiles';
import {
  AppError,
  type Activity,
  type ActivityExplanation,
  type ReportedSession,
  type SessionId,
} from '@roundhouse/protocol';
import { textOf, type LogRecord } from '../../otlp/model.js';
import type { ObservationOf } from '../../otlp/observation.js';
import type { AgentLife, AgentWatcher } from '../../sessions/agent-life.js';
import type { SignalReading, SignalRules } from '../../terminal/screen/signal-rules.js';
import type { HookEvent } from '../hooks/hook-event.js';
import type { MinuteTimes } from './durations.js';
import { readStatus, writeStatus } from './kept-status.js';
import { nothingKnown } from './reduce.js';
import { SessionStatus } from './session-status.js';
import type { Signal } from './signal.js';
import { StatusRules } from './status-rules.js';

/** Exporters batch: what is older tells the past. Milliseconds. */
const recordAgeMaxMs = 5_000;
/** A hook is taken at once; one that waited longer was said while no daemon was there. */
const hookLateMs = 1_000;
/** Time spent is counted so often, and at each change. */
const countEveryMs = 5_000;
/** What was said is kept for the next daemon so long after the first of it. */
const keepAfterMs = 2_000;
/** A busy agent says the same again and again: then only the times are newer, and are kept so seldom. */
const keepSameAfterMs = 10_000;

type TimeSpentIn = ObservationOf<'spent'>;
type At = Pick<AgentLife, 'sessionId' | 'epoch'>;

export interface StatusBookOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly profileOf: (name: string) => Profile | undefined;
  readonly recognise: (at: At, rules: SignalRules) => void;
  readonly onActivity: (at: At, activity: Activity | null) => void;
  /** With the time since the last call. */
  readonly onTime: (at: At, spent: readonly TimeSpentIn[]) => void;
}

interface Entry {
  readonly at: At;
  readonly dir: string;
  readonly profileName: string;
  profile: Profile;
  rules: StatusRules;
  /** Of the rules that its screen was given. */
  version: number;
  readonly status: SessionStatus;
  unkept: boolean;
  /** What was kept last, and when, by the monotonic clock. */
  kept: { readonly activity: Activity | null; readonly at: number } | null;
}

export class StatusBook implements AgentWatcher {
  readonly #options: StatusBookOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #stop: (() => void)[];
  #lastVersion = 0;

  constructor(options: StatusBookOptions) {
    this.#options = options;
    const { clock } = options;
    this.#stop = [
      clock.every(countEveryMs, () => {
        for (const { status } of this.#entries.values()) status.count();
      }),
      clock.every(keepAfterMs, () => {
        this.#keepAll();
      }),
    ];
  }

  begun({ sessionId, epoch, profile: profileName, dir, found }: AgentLife): void {
    const { profileOf, logger } = this.#options;
    const profile = profileOf(profileName);
    const rules = profile && new StatusRules(profile);
    // Of an agent whose signs are unknown nothing is claimed.
    if (!profile || !rules || rules.isEmpty) return;
    const at = { sessionId, epoch };
    const known = { at, dir: dir.path, profileName, profile, rules };
    if (!found) {
      this.#open(known, nothingKnown);
      this.#signal(at, { source: 'process', kinds: ['starting'], ...unasked, why: 'started' });
      return;
    }
    const waiting = this.#open(known, nothingKnown);
    readStatus(dir.path, epoch, this.#now())
      .then((state) => {
        // What was heard meanwhile is newer.
        const entry = this.#entries.get(sessionId);
        if (state && entry === waiting && Object.keys(entry.status.state.slots).length === 0)
          this.#open(known, state);
      })
      .catch((error: unknown) => {
        logger.warn({ err: error, sessionId }, 'what was known of the state of an agent could not be read');
      });
  }

  ended({ sessionId, epoch }: At): void {
    const entry = this.#of({ sessionId, epoch });
    if (!entry) return;
    this.#entries.delete(sessionId);
    entry.status.dispose();
  }

  report(sessionId: SessionId, epoch: number): Partial<ReportedSession> {
    return { activity: this.#of({ sessionId, epoch })?.status.activity ?? null };
  }

  /** @throws AppError NOT_FOUND */
  explain(sessionId: SessionId): ActivityExplanation {
    const entry = this.#entries.get(sessionId);
    if (!entry) throw new AppError('NOT_FOUND', { message: 'Nothing is known of the state of this agent' });
    return entry.status.explain();
  }

  /** What an agent told by a hook or a plugin. */
  hook({ sessionId, epoch, event, payload, receivedAt, ageMs }: HookEvent): void {
    const entry = this.#of({ sessionId, epoch });
    if (!entry) return;
    const at = receivedAt - (ageMs > hookLateMs ? ageMs : 0);
    const found = entry.rules.ofEvent({ source: 'file', events: [event], payload });
    if (found) entry.status.signal({ ...found, at });
  }

  /** What an agent told by telemetry, once it is stored. */
  records(at: At, records: readonly LogRecord[]): void {
    const entry = this.#of(at);
    if (!entry) return;
    const oldest = BigInt(Math.round(this.#options.clock.now() - recordAgeMaxMs)) * 1_000_000n;
    for (const { time, eventName, body, attributes } of records) {
      if (time < oldest) continue;
      const names = [body, eventName, textOf(attributes, 'event.name') ?? ''].filter((name) => name !== '');
      if (!entry.rules.hears(names)) continue;
      const payload = Object.fromEntries(attributes);
      const found = entry.rules.ofEvent({ source: 'otlp', events: names, payload });
      if (found) this.#signal(at, found);
    }
  }

  /** What an agent's screen says. */
  reading({ sessionId, epoch, reading }: At & { reading: SignalReading }): void {
    const entry = this.#of({ sessionId, epoch });
    if (entry?.version !== reading.version) return;
    const found = entry.rules.ofReading(reading);
    if (found) this.#signal(entry.at, found);
  }

  /** Profiles were read again: what signs mean may have changed. */
  profilesChanged(): void {
    for (const entry of this.#entries.values()) {
      const profile = this.#options.profileOf(entry.profileName);
      if (!profile || profile === entry.profile) continue;
      entry.profile = profile;
      entry.rules = new StatusRules(profile);
      this.#recognise(entry);
    }
  }

  dispose(): void {
    for (const stop of this.#stop) stop();
    for (const { status } of this.#entries.values()) status.dispose();
    this.#keepAll(0);
    this.#entries.clear();
  }

  #open(
    known: Pick<Entry, 'at' | 'dir' | 'profileName' | 'profile' | 'rules'>,
    from: typeof nothingKnown,
  ): Entry {
    const { at } = known;
    const { clock, onActivity, onTime } = this.#options;
    this.#entries.get(at.sessionId)?.status.dispose();
    const status = new SessionStatus({
      ...{ clock, from },
      onActivity: (activity) => {
        onActivity(at, activity);
      },
      onTime: (minutes) => {
        onTime(at, observed(minutes));
      },
      onChanged: () => {
        entry.unkept = true;
      },
    });
    const entry: Entry = { ...known, status, version: 0, unkept: false, kept: null };
    this.#entries.set(at.sessionId, entry);
    this.#recognise(entry);
    return entry;
  }

  #recognise(entry: Entry): void {
    entry.version = this.#lastVersion += 1;
    this.#options.recognise(entry.at, { version: entry.version, rules: entry.rules.screen });
  }

  #signal(at: At, found: Omit<Signal, 'at'>): void {
    this.#of(at)?.status.signal({ ...found, at: this.#options.clock.monotonic() });
  }

  #of({ sessionId, epoch }: At): Entry | undefined {
    const entry = this.#entries.get(sessionId);
    return entry?.at.epoch === epoch ? entry : undefined;
  }

  /** It is only a help for the next daemon. */
  #keepAll(sameAfterMs = keepSameAfterMs): void {
    for (const entry of this.#entries.values()) {
      const { activity } = entry.status.state;
      const at = this.#options.clock.monotonic();
      if (!entry.unkept) continue;
      if (entry.kept && isSameClaim(entry.kept.activity, activity) && at - entry.kept.at < sameAfterMs)
        continue;
      entry.unkept = false;
      entry.kept = { activity, at };
      try {
        writeStatus(entry.dir, entry.at.epoch, entry.status.state, this.#now());
      } catch (err) {
        this.#options.logger.debug({ err, ...entry.at }, 'the state of an agent was not kept');
      }
    }
  }

  #now() {
    const { clock } = this.#options;
    return { monotonic: clock.monotonic(), wall: clock.now() };
  }
}

/** Of the same time, too: an agent that changed and changed back has said something else meanwhile. */
const isSameClaim = (a: Activity | null, b: Activity | null): boolean =>
  a?.kind === b?.kind && a?.since === b?.since && a?.waitsFor === b?.waitsFor && a?.ask === b?.ask;

const observed = (minutes: MinuteTimes): TimeSpentIn[] =>
  [...minutes].map(([ms, spent]) => ({ is: 'spent', ms, ...spent }));

const unasked = { waitsFor: null, ask: null, until: null } as const;
