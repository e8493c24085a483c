// What a viewer has in the end is exactly what the agent says it printed.
import { expect } from '@playwright/test';
import type { FakeAgent } from './fake-agent.js';
import type { Viewer } from './viewer.js';

export interface Ending {
  readonly exitCode: number;
  readonly timeoutMs?: number;
}

export async function expectExact(
  agent: FakeAgent,
  viewer: Viewer,
  { exitCode, timeoutMs = 30_000 }: Ending,
): Promise<void> {
  const printed = await agent.report(timeoutMs);
  const exit = await viewer.seesExit(timeoutMs);
  // Where something is missing, this says more than two hashes that differ.
  expect({ faults: viewer.faults, gaps: viewer.gaps, snapshots: viewer.snapshots }).toEqual({
    faults: [],
    gaps: [],
    snapshots: [],
  });
  expect({ start: viewer.start, bytes: viewer.bytes.length }).toEqual({ start: 0, bytes: printed.bytes });
  expect(viewer.sha256).toBe(printed.sha256);
  expect(exit).toMatchObject({ exitCode, signal: null, offset: printed.bytes });
}
