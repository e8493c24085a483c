// How strong each source is, and how long a weaker sign has to stand before it counts. Milliseconds.
import type { ActivitySource } from '@roundhouse/protocol';

/** Title and OSC share a rank: of these the later one counts. */
export const rankOf: Readonly<Record<ActivitySource, number>> = {
  hook: 6,
  protocol: 5,
  osc: 4,
  title: 4,
  otlp: 3,
  screen: 2,
  process: 1,
};

/** A weaker statement that contradicts a stronger one: the stronger may be on its way. */
export const statementSettleMs: Readonly<Record<ActivitySource, number>> = {
  hook: 0,
  protocol: 150,
  osc: 250,
  otlp: 300,
  // Not statements, or never against one.
  title: Number.POSITIVE_INFINITY,
  screen: Number.POSITIVE_INFINITY,
  process: Number.POSITIVE_INFINITY,
};

/** A reading that contradicts a statement before it, or leaves several kinds open. */
export const titleSettleMs = 300;
/** Screens are drawn piece by piece, and looked at a little later. */
export const screenSettleMs = 500;
/** A screen against no statement: only what is half drawn is waited out. */
export const screenGlanceMs = 150;

/** What is visible and outlives a statement for so long proves it wrong, though it began before. */
export const lingerMs = 3_000;

/** An agent of which no sign has come by then has none: nothing is claimed of it. */
export const silentStartMs = 120_000;
