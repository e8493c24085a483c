// What agents' signs have in common, wherever they come from. Types, and how two meanings compare. Pure.
import type { ActivityKind, ActivitySource, Ask, WaitsFor } from '@roundhouse/protocol';

/** What a sign means: several kinds when it does not tell them apart. */
export interface Meaning {
  readonly kinds: readonly ActivityKind[];
  readonly waitsFor: WaitsFor | null;
  readonly ask: Ask | null;
  /** When a rate limit ends, as an instant, where the agent told. */
  readonly until: string | null;
}

export interface Signal extends Meaning {
  readonly source: ActivitySource;
  readonly why: string;
  /** Monotonic milliseconds: when it was said, or when what is visible began to mean this. */
  readonly at: number;
}

/** The last sign of each source; of title and screen what they show now. */
export type Slots = Readonly<Partial<Record<ActivitySource, Signal>>>;

/** Sources that are visible all the time; the others say a thing once. */
export const isReading = (source: ActivitySource): source is 'title' | 'screen' =>
  source === 'title' || source === 'screen';

/** An agent that stopped over an error, or a limit, shows its prompt as an idle one does. */
export const admits = (kinds: readonly ActivityKind[], kind: ActivityKind): boolean =>
  kinds.includes(kind) || (kinds.includes('idle') && (kind === 'error' || kind === 'rate-limited'));

const sameAsk = (a: Ask | null, b: Ask | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.tool === b.tool &&
    a.command === b.command &&
    a.file === b.file &&
    a.text === b.text);

export const sameKinds = (a: readonly ActivityKind[], b: readonly ActivityKind[]): boolean =>
  a.length === b.length && a.every((kind) => b.includes(kind));

export const sameMeaning = (a: Meaning, b: Meaning): boolean =>
  sameKinds(a.kinds, b.kinds) && a.waitsFor === b.waitsFor && a.until === b.until && sameAsk(a.ask, b.ask);
