// A profile's signals as the parts of the daemon need them: patterns for the screen's thread, meanings for what comes back.
import {
  compileSignals,
  matchEvent,
  SIGNAL_LINES_DEFAULT,
  textAt,
  type CompiledSignal,
  type CompiledSignals,
  type Profile,
} from '@roundhouse/profiles';
import type { SignalReading, SignalRule } from '../../terminal/screen/signal-rules.js';
import type { Meaning, Signal } from './signal.js';
import { askOf, whyOfEvent, whyOfOsc, whyOfScreen, whyOfTitle } from './words.js';

export interface AgentEvent {
  /** How it came: by a file of the agent's hooks or its plugin, or by telemetry. */
  readonly source: 'file' | 'otlp';
  /** Names that it goes by, the most exact one first. */
  readonly events: readonly string[];
  readonly payload: Readonly<Record<string, unknown>>;
}

type Found = Omit<Signal, 'at'>;

export class StatusRules {
  /** For the screen's thread; a rule's number is its place in the profile. */
  readonly screen: readonly SignalRule[];
  readonly #compiled: CompiledSignals;
  readonly #byIndex: ReadonlyMap<number, CompiledSignal>;
  /** Names of records that a rule of telemetry is about. */
  readonly #records: ReadonlySet<string>;
  /** Where a hook says that a subagent speaks. */
  readonly #agentPath: string | undefined;

  constructor(profile: Profile) {
    this.#compiled = compileSignals(profile);
    this.#byIndex = new Map(this.#compiled.rules.map((signal) => [signal.index, signal]));
    this.#records = new Set(
      this.#compiled.rules.flatMap(({ rule }) =>
        rule.from === 'otlp' && rule.event !== undefined ? [rule.event] : [],
      ),
    );
    this.#agentPath = profile.hooks?.fields?.agent;
    this.screen = this.#compiled.rules.flatMap((signal) => screenRule(signal) ?? []);
  }

  /** Without any, nothing can ever be said of the agent. */
  get isEmpty(): boolean {
    return this.#compiled.rules.length === 0;
  }

  /** Whether a record by one of these names may say anything: most do not, and need not be looked into. */
  hears(names: readonly string[]): boolean {
    return names.some((name) => this.#records.has(name));
  }

  /** What an event means; null for one that says nothing of the state. */
  ofEvent({ source, events, payload }: AgentEvent): Found | null {
    const subagent = this.#agentPath !== undefined && (textAt(payload, this.#agentPath) ?? '') !== '';
    for (const event of events) {
      const match = matchEvent(this.#compiled, { source, event, payload, subagent });
      if (!match) continue;
      const ask = match.ask ? askOf(match.ask) : null;
      const { kinds, until, source: from } = match;
      const waitsFor = match.waitsFor ?? null;
      return { source: from, kinds, waitsFor, until, ask, why: whyOfEvent(event, ask?.tool ?? null) };
    }
    return null;
  }

  /** What the screen's thread found, as a sign; one that says nothing has no kinds. Null for a rule that is gone. */
  ofReading({ source, id, text, ask }: SignalReading): Found | null {
    if (id === null) return { source, ...nothing, why: `${source}: nothing known` };
    const signal = this.#byIndex.get(id);
    if (!signal) return null;
    const { is, for: waitsFor = null, code = 0 } = signal.rule;
    const why =
      source === 'title' ? whyOfTitle(text) : source === 'osc' ? whyOfOsc(code, text) : whyOfScreen(text);
    return { source, kinds: is, waitsFor, until: null, ask: askOf(ask), why };
  }
}

const nothing: Meaning = { kinds: [], waitsFor: null, ask: null, until: null };

/** Null for rules of events. */
function screenRule({ index: id, rule, match, where, ask }: CompiledSignal): SignalRule | null {
  const asks = Object.fromEntries(ask.map(([name, pattern]) => [name, pattern.source]));
  const flags = match?.flags ?? '';
  if (rule.from === 'title' && match) return { from: 'title', id, match: match.source, flags, ask: asks };
  if (rule.from === 'screen' && match) {
    return {
      from: 'screen',
      id,
      match: match.source,
      flags,
      lines: rule.lines ?? SIGNAL_LINES_DEFAULT,
      ask: asks,
    };
  }
  if (rule.from !== 'osc' || rule.code === undefined) return null;
  const fields = Object.fromEntries(where.map(([path, pattern]) => [path, pattern.source]));
  return { from: 'osc', id, code: rule.code, match: match?.source ?? null, flags, where: fields, ask: asks };
}
