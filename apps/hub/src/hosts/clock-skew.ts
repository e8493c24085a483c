// How far the clock of a host is from the hub's. Pure.
import type { SystemInfo } from '@roundhouse/protocol';

/** The sample with its skew; what the host itself says of the skew does not count. */
export function withSkew({ clockSkewMs: _said, ...system }: SystemInfo, now: number): SystemInfo {
  const { clockMs } = system;
  return clockMs === undefined ? system : { ...system, clockSkewMs: Math.round(clockMs - now) };
}
