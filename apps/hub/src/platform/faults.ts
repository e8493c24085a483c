// Named points at which a test may end the process or hang it. The product passes `noFaults`.

export const faultPoints = [
  'spawn.before-insert',
  'spawn.in-transaction',
  'spawn.after-insert',
  'spawn.before-send',
  'spawn.after-send',
  'spawn.before-taken',
  'spawn.after-taken',
  'fact.before-apply',
  'fact.in-transaction',
  'fact.after-apply',
] as const;
export type FaultPoint = (typeof faultPoints)[number];

export interface Faults {
  /** Called when the code reaches the point; a test's version may never return. */
  reach(point: FaultPoint): Promise<void> | void;
}

export const noFaults: Faults = { reach: () => undefined };
