// Recognises what one screen says of its agent's state: titles and sequences as they are printed, the text a little later;
// tells only what changed in meaning.
import type { Clock } from '@roundhouse/kit';
import { cleanTitle } from '@roundhouse/protocol';
import type { Emulator } from './emulator.js';
import type { Attempt, Match, PatternGuard } from './pattern-guard.js';
import { bottomText } from './preview.js';
import {
  oscFields,
  type AskPatterns,
  type FoundAsk,
  type SignalReading,
  type SignalRule,
  type SignalRules,
} from './signal-rules.js';

/** Characters of a sequence that are looked at. */
const oscMax = 1_024;
/** Characters of what matched that are told; an ask is cut where it is shown. */
const textMax = 500;
const askMax = 4_000;
/** Titles and sequences that are looked at when they are printed, in a second; of more than that the last ones. */
const instantlyMax = 20;
/** Sequences that wait then. */
const waitingMax = 8;

export interface ScreenSignalsOptions {
  readonly clock: Clock;
  readonly guard: PatternGuard;
  readonly post: (reading: SignalReading) => void;
}

/** Patterns to try, and what to do with what they find. */
export interface Look {
  readonly attempts: readonly Attempt[];
  readonly done: (matches: readonly Match[]) => void;
}

interface Osc {
  readonly code: number;
  readonly payload: string;
}

export class ScreenSignals {
  readonly #options: ScreenSignalsOptions;
  #rules: SignalRules = { version: 0, rules: [] };
  /** What was told last of title and screen. */
  readonly #told = new Map<'title' | 'screen', string>();
  /** What was looked at last. */
  readonly #seen = new Map<'title' | 'screen', string>();
  #waiting: Osc[] = [];
  #second = 0;
  #instantly = 0;

  constructor(options: ScreenSignalsOptions) {
    this.#options = options;
  }

  /** Sequences that are worth hearing. */
  get codes(): number[] {
    return [...new Set(this.#rules.rules.flatMap((rule) => (rule.from === 'osc' ? [rule.code] : [])))];
  }

  get wanted(): boolean {
    return this.#rules.rules.length > 0;
  }

  setRules(rules: SignalRules): void {
    this.#rules = rules;
    this.#told.clear();
    this.#seen.clear();
  }

  /** A title that was printed now. */
  titled(title: string): void {
    if (this.#has('title') && this.#mayNow()) this.#now(this.#looking('title', cleanTitle(title) ?? ''));
  }

  /** A sequence that was printed now. */
  said(code: number, payload: string): void {
    const osc = { code, payload: payload.slice(0, oscMax) };
    if (this.#mayNow()) this.#heard(osc);
    else this.#waiting = [...this.#waiting, osc].slice(-waitingMax);
  }

  /** What is visible now, and has to be looked at. */
  looks(emulator: Emulator): Look[] {
    for (const osc of this.#waiting.splice(0)) this.#heard(osc);
    const title = this.#has('title') ? this.#looking('title', cleanTitle(emulator.title) ?? '') : null;
    const rows = this.#rules.rules.map((rule) => (rule.from === 'screen' ? rule.lines : 0));
    const most = Math.max(0, ...rows);
    const screen = most > 0 ? this.#looking('screen', bottomText(emulator, most)) : null;
    return [...(title ? [title] : []), ...(screen ? [screen] : [])];
  }

  #has(source: 'title' | 'screen'): boolean {
    return this.#rules.rules.some(({ from }) => from === source);
  }

  /** Printing titles must not cost more than drawing does. */
  #mayNow(): boolean {
    const second = Math.floor(this.#options.clock.monotonic() / 1_000);
    if (second !== this.#second) this.#instantly = 0;
    this.#second = second;
    this.#instantly += 1;
    return this.#instantly <= instantlyMax;
  }

  #now(look: Look | null): void {
    look?.done(this.#options.guard.match(look.attempts));
  }

  /** Null when it has not changed. */
  #looking(source: 'title' | 'screen', text: string): Look | null {
    if (this.#seen.get(source) === text) return null;
    this.#seen.set(source, text);
    const { version, rules } = this.#rules;
    const ofSource = rules.filter((rule) => rule.from === source);
    return {
      attempts: ofSource.map((rule) => attemptOf(rule, text)),
      done: (matches) => {
        // The rules may be others by now.
        if (version === this.#rules.version) this.#looked(source, text, ofSource, matches);
      },
    };
  }

  #looked(
    source: 'title' | 'screen',
    text: string,
    rules: readonly SignalRule[],
    matches: readonly Match[],
  ): void {
    const at = matches.findIndex((match) => match !== null);
    const [rule, match] = [rules[at], matches[at]];
    const found = rule && match ? this.#found(rule, match, visible(rule, text)) : null;
    const told = JSON.stringify([found?.id ?? null, found?.ask ?? null]);
    if (told === (this.#told.get(source) ?? nothingTold)) return;
    this.#told.set(source, told);
    const none = { id: null, text: '', ask: {} };
    this.#options.post({ source, version: this.#rules.version, ...(found ?? none) });
  }

  #heard({ code, payload }: Osc): void {
    const { guard, post } = this.#options;
    const fields = oscFields(payload);
    for (const rule of this.#rules.rules) {
      if (rule.from !== 'osc' || rule.code !== code) continue;
      const wheres = Object.entries(rule.where);
      const attempts = [
        { pattern: rule.match ?? '', flags: '', text: payload },
        ...wheres.map(([name, pattern]) => ({ pattern, flags: '', text: fields[name] ?? '' })),
      ];
      const [match, ...others] = guard.match(attempts);
      if (!match || others.includes(null)) continue;
      const { id, ask } = this.#found(rule, match, payload);
      post({ source: 'osc', version: this.#rules.version, id, text: payload.slice(0, textMax), ask });
      return;
    }
  }

  #found(rule: SignalRule, match: NonNullable<Match>, text: string) {
    const ask = this.#ask(rule, text);
    const said = rule.from === 'title' ? text : match.all.trim();
    return { id: rule.id, text: said.slice(0, textMax), ask };
  }

  #ask({ ask, flags }: SignalRule, text: string): FoundAsk {
    const wanted = Object.entries(ask).filter((entry): entry is [keyof AskPatterns, string] => !!entry[1]);
    const matches = this.#options.guard.match(wanted.map(([, pattern]) => ({ pattern, flags, text })));
    const found = wanted.flatMap(([name], index) => {
      const match = matches[index];
      return match ? [[name, (match.group ?? match.all).slice(0, askMax)] as const] : [];
    });
    return Object.fromEntries(found);
  }
}

const nothingTold = JSON.stringify([null, null]);

const attemptOf = (rule: SignalRule, text: string): Attempt => ({
  pattern: rule.match ?? '',
  flags: rule.flags,
  text: visible(rule, text),
});

/** The rows that the rule wants, from the bottom. */
function visible(rule: SignalRule, text: string): string {
  if (rule.from !== 'screen') return text;
  const rows = text.split('\n');
  return rows.length <= rule.lines ? text : rows.slice(-rule.lines).join('\n');
}
