// What a doctor is made of: checks that look at facts, each with an id, the cure and a line of documentation.

/** A warning works today; an error does not, or is dangerous. */
export type Severity = 'warning' | 'error';

export interface Complaint {
  readonly severity: Severity;
  /** One sentence: what was found, with names and figures. */
  readonly found: string;
  /** Instead of the check's own, when more is known. */
  readonly fix?: string;
}

export interface Check<F> {
  /** Stable: scripts may look for it. */
  readonly id: string;
  /** One line of documentation: what is looked at. */
  readonly doc: string;
  readonly fix: string;
  /** Pure; what could not be learnt is null in the facts, and no complaint by itself. */
  readonly look: (facts: F) => readonly Complaint[];
}

export interface Finding extends Complaint {
  readonly id: string;
  readonly fix: string;
}

/** Errors first, otherwise in the order of the checks. */
export function diagnose<F>(checks: readonly Check<F>[], facts: F): Finding[] {
  const all = checks.flatMap(({ id, fix, look }) =>
    look(facts).map((complaint) => ({ fix, ...complaint, id })),
  );
  return [...all.filter(isError), ...all.filter((finding) => !isError(finding))];
}

const isError = ({ severity }: Finding): boolean => severity === 'error';

/** 0: nothing found; 1: warnings only; 2: an error. */
export const exitCodeOf = (findings: readonly Finding[]): number =>
  findings.some(isError) ? 2 : findings.length > 0 ? 1 : 0;

/** For people: nothing at all when nothing was found. */
export const describeFindings = (findings: readonly Finding[]): string =>
  findings.map(({ severity, id, found, fix }) => `${severity} ${id}: ${found}\n  ${fix}\n`).join('');

/** For programs. */
export const findingsJson = (findings: readonly Finding[]): string =>
  `${JSON.stringify({ findings: findings.map(({ id, severity, found, fix }) => ({ id, severity, found, fix })) })}\n`;

export const error = (found: string, fix?: string): Complaint => complaint('error', found, fix);
export const warning = (found: string, fix?: string): Complaint => complaint('warning', found, fix);

const complaint = (severity: Severity, found: string, fix?: string): Complaint => ({
  severity,
  found,
  ...(fix === undefined ? {} : { fix }),
});
