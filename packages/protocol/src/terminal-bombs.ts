// Sequences of a few bytes that would keep an emulator busy for hours, or fill its memory. Host and browser ignore the same
// ones, so that both still show the same. Pure.

/** Far more than a screen has rows or columns. */
export const repeatsMax = 10_000;
/** Longer than any link that a person would follow. */
export const linkMaxLength = 4_096;

/** CSI sequences that the emulator carries out one time after the other: REP, IL, DL, SU, SD, CHT, CBT. */
export const repeatingFinals = ['b', 'L', 'M', 'S', 'T', 'I', 'Z'] as const;

/** Whether a sequence with one of those finals is ignored. */
export function repeatsTooOften(params: readonly (number | readonly number[])[]): boolean {
  const [count] = params;
  return typeof count === 'number' && count > repeatsMax;
}

/** Whether an OSC 8 is ignored. */
export const isLinkTooLong = (data: string): boolean => data.length > linkMaxLength;
