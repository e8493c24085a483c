// For tests: plays signs at their times into the reducer, as the session's clock and timer would, and tells the changes.
import type { ActivityKind, ActivitySource, Ask, WaitsFor } from '@roundhouse/protocol';
import { nothingKnown, reduce, type StatusState } from '../reduce.js';
import type { Signal } from '../signal.js';

export interface Sign {
  readonly at: number;
  readonly source: ActivitySource;
  readonly kinds: readonly ActivityKind[];
  readonly waitsFor: WaitsFor | null;
  readonly ask: Ask | null;
  readonly why: string;
}

type Words = Partial<Pick<Sign, 'waitsFor' | 'ask' | 'why'>>;

/** At seconds, as recordings have them. */
export const sign = (
  seconds: number,
  source: ActivitySource,
  kinds: ActivityKind | readonly ActivityKind[],
  { waitsFor = null, ask = null, why = `${source}` }: Words = {},
): Sign => {
  const list = typeof kinds === 'string' ? [kinds] : kinds;
  return { at: Math.round(seconds * 1_000), source, kinds: list, waitsFor, ask, why };
};

export interface Change {
  readonly at: number;
  readonly kind: ActivityKind | null;
  readonly waitsFor: WaitsFor | null;
}

export const wallAt = (at: number): number => Date.UTC(2026, 0, 1) + at;

const step = (state: StatusState, signal: Signal | null, at: number): StatusState =>
  reduce(state, signal, { monotonic: at, wall: wallAt(at) });

/** @param until seconds */
export function play(signs: readonly Sign[], until: number): { changes: Change[]; state: StatusState } {
  let state = nothingKnown;
  const changes: Change[] = [];
  const note = (next: StatusState, at: number): void => {
    const [was, is] = [state.activity, next.activity];
    if (was?.kind !== is?.kind || was?.waitsFor !== is?.waitsFor) {
      changes.push({ at, kind: is?.kind ?? null, waitsFor: is?.waitsFor ?? null });
    }
    state = next;
  };
  const tickTo = (to: number): void => {
    while (state.lookAt <= to) {
      const at = Math.ceil(state.lookAt);
      note(step(state, null, at), at);
    }
  };
  for (const one of [...signs].sort((a, b) => a.at - b.at)) {
    tickTo(one.at);
    note(step(state, { ...one, until: null }, one.at), one.at);
  }
  tickTo(until * 1_000);
  return { changes, state };
}

/** Kinds in order, with what is waited for. */
export const kindsOf = (changes: readonly Change[]): string[] =>
  changes.map(({ kind, waitsFor }) => `${kind ?? 'none'}${waitsFor === null ? '' : `(${waitsFor})`}`);
