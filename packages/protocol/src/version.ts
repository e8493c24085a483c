// The wire version. A daemon offers {min, max}; the hub takes the highest both know.

/**
 * Protocol versions that this build speaks, inclusive.
 * 2: the daemon understands options, conversation and resume of a spawn.
 */
export const protocolVersions = { min: 1, max: 2 } as const;
/** The first version whose daemons understand options, conversation and resume of a spawn. */
export const optionsProtocol = 2;

/** Product version; the same in every package of a release. */
export const productVersion = '0.1.0';

/** Highest version both sides know, or null when there is none. */
export function negotiate(
  ours: { min: number; max: number },
  theirs: { min: number; max: number },
): number | null {
  const version = Math.min(ours.max, theirs.max);
  return version >= ours.min && version >= theirs.min ? version : null;
}
