// What gives way while somebody types: the output of other sessions, and the drawing of screens.

/** A session counts as typed into for so long after a keystroke, in milliseconds: its echo and what it brings about. */
export const typedForMs = 1_000;

/**
 * What the others may send together while somebody types, and what the screens of a thread may draw, in bytes per millisecond:
 * 2 MB/s, more than anybody reads. A flood at full speed keeps every core of a small machine busy, and an echo needs some of each.
 */
export const othersPerMs = 2_048;
