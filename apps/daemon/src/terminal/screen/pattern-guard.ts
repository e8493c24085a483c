// Runs patterns that people wrote on text that agents print: one that would take for ever is stopped, and then left out.
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

/** Milliseconds for all that is looked at at once; usual is far less than one. */
const allMs = 20;
/** For one pattern, when it is tried again alone: a busy machine may have been the reason. */
const aloneMs = 100;
/** Of these it must have had the processor; else the machine was the reason. */
const guiltyMs = 50;
/** Where the processor's time is not known. */
const strikesMax = 3;

/** Pattern and text, both by value. */
export interface Attempt {
  readonly pattern: string;
  readonly flags: string;
  readonly text: string;
}

/** The whole match and its first group, or null. */
export type Match = { readonly all: string; readonly group: string | undefined } | null;

interface Box {
  attempts: readonly Attempt[];
  results: Match[];
}

/** Remembers what it compiled, and goes on where it was stopped. */
const program = `
  globalThis.compiled = new Map();
  globalThis.run = () => {
    const { attempts, results } = box;
    for (let at = results.length; at < attempts.length; at += 1) {
      const { pattern, flags, text } = attempts[at];
      const key = flags + '/' + pattern;
      let expression = compiled.get(key);
      if (expression === undefined) {
        try { expression = new RegExp(pattern, flags); } catch { expression = null; }
        if (compiled.size >= 5000) compiled.clear();
        compiled.set(key, expression);
      }
      const found = expression === null ? null : expression.exec(text);
      results.push(found === null ? null : { all: found[0], group: found[1] });
    }
  };
`;

export interface PatternGuardOptions {
  /** A pattern is left out from here on. */
  readonly onSlow: (pattern: string) => void;
}

export class PatternGuard {
  readonly #onSlow: (pattern: string) => void;
  readonly #off = new Set<string>();
  readonly #strikes = new Map<string, number>();
  readonly #box: Box = { attempts: [], results: [] };
  #context: vm.Context | null = null;
  readonly #run = new vm.Script('run()');

  constructor({ onSlow }: PatternGuardOptions) {
    this.#onSlow = onSlow;
  }

  /** In the order of the attempts; a pattern that does not compile, or takes too long, matches nothing. */
  match(attempts: readonly Attempt[]): Match[] {
    if (attempts.length === 0) return [];
    const box = this.#box;
    const wanted = attempts.map((attempt) => (this.#off.has(keyOf(attempt)) ? nothing : attempt));
    box.attempts = wanted;
    box.results = [];
    while (box.results.length < wanted.length) {
      if (this.#finishes(allMs)) break;
      this.#alone(wanted);
    }
    const { results } = box;
    box.attempts = [];
    box.results = [];
    return results;
  }

  /** Tries the one that was stopped again, with more time. */
  #alone(all: readonly Attempt[]): void {
    const box = this.#box;
    const at = box.results.length;
    const slow = all[at] ?? nothing;
    box.attempts = all.slice(0, at + 1);
    const before = threadCpuMs();
    const done = this.#finishes(aloneMs);
    box.attempts = all;
    if (done) return;
    box.results.push(null);
    const key = keyOf(slow);
    const after = threadCpuMs();
    const strikes = (this.#strikes.get(key) ?? 0) + 1;
    this.#strikes.set(key, strikes);
    const guilty = before === null || after === null ? strikes >= strikesMax : after - before >= guiltyMs;
    if (!guilty) return;
    this.#off.add(key);
    this.#onSlow(slow.pattern);
  }

  /** @returns false when it was stopped */
  #finishes(timeout: number): boolean {
    this.#context ??= newContext(this.#box);
    try {
      this.#run.runInContext(this.#context, { timeout });
      return true;
    } catch (error) {
      if (isTimeout(error)) return false;
      throw error;
    }
  }
}

/** Of which realm the error is depends on the moment. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

const nothing: Attempt = { pattern: '(?!)', flags: '', text: '' };
const keyOf = ({ pattern, flags }: Attempt): string => `${flags}/${pattern}`;

function newContext(box: Box): vm.Context {
  const context = vm.createContext({ box });
  vm.runInContext(program, context);
  return context;
}

/** Of this thread alone; null where the system does not tell. */
function threadCpuMs(): number | null {
  try {
    const [ns] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ');
    return Number(ns) / 1e6;
  } catch {
    return null;
  }
}
