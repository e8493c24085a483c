// What the signs of an agent mean, by the rules of its profile: compiled once, matched purely.
import { askLimits, type Ask, type WaitsFor } from '@roundhouse/protocol';
import { textAt, valueAt } from './json-path.js';
import { compilePattern } from './patterns.js';
import type { Profile } from './profile.js';
import type { SignalRule, SignalSource } from './schema.js';
import { signalSources } from './schema/signals.js';

export type SignalKind = SignalRule['is'][number];

export interface SignalMatch {
  readonly source: SignalSource;
  /** Position of the rule in `CompiledSignals.rules`: two matches of one rule mean the same. */
  readonly index: number;
  /** At least one; several where the sign is the same for all of them. */
  readonly kinds: readonly SignalKind[];
  readonly waitsFor: WaitsFor | null;
  readonly ask: Ask | null;
  /** When a limit ends, where it was told; an ISO instant. */
  readonly until: string | null;
}

export interface CompiledSignal {
  readonly index: number;
  readonly rule: SignalRule;
  readonly match: RegExp | null;
  readonly where: readonly (readonly [path: string, pattern: RegExp])[];
  /** Of text: patterns whose first group counts. Of events: paths, in `rule.ask`. */
  readonly ask: readonly (readonly [name: keyof Ask, pattern: RegExp])[];
}

export interface BrokenPattern {
  /** Where it stands in the profile, for example `signals`, 3, `match`. */
  readonly path: readonly (string | number)[];
  readonly reason: string;
}

export interface CompiledSignals {
  readonly rules: readonly CompiledSignal[];
  /** Rules with a pattern that does not compile are left out. */
  readonly broken: readonly BrokenPattern[];
}

const askNames = ['tool', 'command', 'file', 'text'] as const;

/** Rows of the screen's bottom that a pattern sees when its rule does not say. */
export const SIGNAL_LINES_DEFAULT = 20;

/** The rules in order, the short `permission_patterns` behind them. */
function signalRules(profile: Pick<Profile, 'signals' | 'permission_patterns'>): SignalRule[] {
  const short = profile.permission_patterns.map((match): SignalRule => ({
    from: 'screen',
    match,
    is: ['waiting'],
    for: 'permission',
  }));
  return [...profile.signals, ...short];
}

/** Kinds of signs that a profile reads, strongest first. */
export function signalSourcesOf(profile: Pick<Profile, 'signals' | 'permission_patterns'>): SignalSource[] {
  const named = new Set(signalRules(profile).map(({ from }) => from));
  return signalSources.filter((source) => named.has(source));
}

export function compileSignals(profile: Pick<Profile, 'signals' | 'permission_patterns'>): CompiledSignals {
  const broken: BrokenPattern[] = [];
  const rules = signalRules(profile).flatMap((rule, index): CompiledSignal[] => {
    const listed = index < profile.signals.length;
    const path = listed ? ['signals', index] : ['permission_patterns', index - profile.signals.length];
    const faults: BrokenPattern[] = [];
    const compile = (source: string, at: readonly string[]): RegExp => {
      const compiled = compilePattern(source, rule.from === 'screen' ? 'im' : '');
      if ('pattern' in compiled) return compiled.pattern;
      faults.push({ path: listed ? [...path, ...at] : path, reason: compiled.reason });
      return /(?!)/;
    };
    const signal = compileRule(rule, index, compile);
    broken.push(...faults);
    return faults.length === 0 ? [signal] : [];
  });
  return { rules, broken };
}

type Compile = (source: string, at: readonly string[]) => RegExp;

function compileRule(rule: SignalRule, index: number, compile: Compile): CompiledSignal {
  const ofText = rule.from === 'screen' || rule.from === 'title' || rule.from === 'osc';
  return {
    index,
    rule,
    match: rule.match === undefined ? null : compile(rule.match, ['match']),
    where: Object.entries(rule.where ?? {}).map(([path, source]) => [path, compile(source, ['where', path])]),
    ask: askNames.flatMap((name) => {
      const source = rule.ask?.[name];
      return ofText && source !== undefined ? [[name, compile(source, ['ask', name])] as const] : [];
    }),
  };
}

export interface AgentEvent {
  /** file: what the agent told by a hook or its plugin, for rules from `hook` and `protocol`. */
  readonly source: 'file' | 'otlp';
  readonly event: string;
  readonly payload: unknown;
  /** A subagent said it: only rules that want subagents see it. */
  readonly subagent?: boolean;
}

const cameBy = (from: SignalSource): string => (from === 'hook' || from === 'protocol' ? 'file' : from);

/** The first rule that this event fulfils. */
export function matchEvent({ rules }: CompiledSignals, at: AgentEvent): SignalMatch | null {
  const found = rules.find(
    ({ rule, where }) =>
      cameBy(rule.from) === at.source &&
      rule.event === at.event &&
      (at.subagent !== true || rule.subagents === true) &&
      // Nothing there is the same as empty text, so that a rule can ask for an absence.
      where.every(([path, pattern]) => pattern.test(textAt(at.payload, path) ?? '')),
  );
  if (!found) return null;
  const { rule } = found;
  const ask = rule.ask && askOf((name) => textAt(at.payload, rule.ask?.[name] ?? ''));
  const until = rule.until === undefined ? null : instantOf(valueAt(at.payload, rule.until));
  return { ...meaningOf(found), ask: ask ?? null, until };
}

export interface OscSequence {
  readonly code: number;
  /** What follows the number and its semicolon. */
  readonly text: string;
}

export function matchOsc({ rules }: CompiledSignals, { code, text }: OscSequence): SignalMatch | null {
  const pairs = oscPairs(text);
  const found = rules.find(
    ({ rule, match, where }) =>
      rule.from === 'osc' &&
      rule.code === code &&
      (match?.test(text) ?? true) &&
      where.every(([key, pattern]) => pattern.test(pairs.get(key) ?? '')),
  );
  return found ? { ...meaningOf(found), ask: askOfText(found, text), until: null } : null;
}

/** `state=blocked:app=codex;kind=permission` as pairs. */
const oscPairs = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split(/[:;]/).flatMap((part) => {
      const [key = '', ...value] = part.split('=');
      return value.length > 0 ? [[key.trim(), value.join('=').trim()] as const] : [];
    }),
  );

export const matchTitle = ({ rules }: CompiledSignals, title: string): SignalMatch | null =>
  firstOfText(
    rules.filter(({ rule }) => rule.from === 'title'),
    () => title.trim(),
  );

/** `lines` are the rows of the visible screen, top first; each rule sees the lowest ones that it asks for. */
export function matchScreen({ rules }: CompiledSignals, lines: readonly string[]): SignalMatch | null {
  return firstOfText(
    rules.filter(({ rule }) => rule.from === 'screen'),
    ({ rule }) => screenText(lines, rule.lines),
  );
}

/** The lowest rows that have text, without the empty ones below them. */
export function screenText(lines: readonly string[], count = SIGNAL_LINES_DEFAULT): string {
  const end = lines.findLastIndex((line) => line.trim() !== '') + 1;
  return lines.slice(Math.max(0, end - count), end).join('\n');
}

function matchText(signal: CompiledSignal, text: string): SignalMatch | null {
  if (signal.match?.test(text) !== true) return null;
  return { ...meaningOf(signal), ask: askOfText(signal, text), until: null };
}

function firstOfText(
  signals: readonly CompiledSignal[],
  textFor: (signal: CompiledSignal) => string,
): SignalMatch | null {
  for (const signal of signals) {
    const match = matchText(signal, textFor(signal));
    if (match) return match;
  }
  return null;
}

const meaningOf = ({ index, rule }: CompiledSignal) => ({
  source: rule.from,
  index,
  kinds: rule.is,
  waitsFor: rule.for ?? null,
});

function askOfText({ ask }: CompiledSignal, text: string): Ask | null {
  const patterns = new Map(ask);
  return patterns.size === 0
    ? null
    : askOf((name) => {
        const found = patterns.get(name)?.exec(text);
        return found ? (found.slice(1).find((group) => group !== undefined) ?? found[0]) : null;
      });
}

/** Null when nothing of it was told. */
function askOf(read: (name: keyof Ask) => string | null): Ask | null {
  const part = (name: keyof Ask): string | null => {
    const text = read(name)?.trim().slice(0, askLimits[name]);
    return text === undefined || text === '' ? null : text;
  };
  const ask = { tool: part('tool'), command: part('command'), file: part('file'), text: part('text') };
  return Object.values(ask).some((value) => value !== null) ? ask : null;
}

/** Seconds or milliseconds since 1970, or text of a date. */
function instantOf(value: unknown): string | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const isNumber = typeof number === 'number' && Number.isFinite(number);
  const time = isNumber ? (number < 1e11 ? number * 1000 : number) : Date.parse(String(value));
  const date = new Date(time);
  return Number.isNaN(date.getTime()) || date.getTime() <= 0 ? null : date.toISOString();
}
