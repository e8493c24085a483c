// The lives of a state directory, in `daemon.json`: a number for each, and the telemetry port that agents know.
import path from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from './json-file.js';

const livesSchema = z.object({ lives: z.int().nonnegative(), otlpPort: z.int().nullable() });

export interface Life {
  readonly number: number;
  /** Of the life before. */
  readonly otlpPort: number | null;
  save(otlpPort: number | null): Promise<void>;
}

/**
 * Numbers the life that begins: keepers let only the newest daemon write.
 * @param now in milliseconds since 1970
 */
export async function nextLife(stateDir: string, now: number): Promise<Life> {
  const file = path.join(stateDir, 'daemon.json');
  const before = await readJsonFile(file, livesSchema);
  // Seconds of the clock, so that a lost file does not make this daemon older than the last in their eyes.
  const number = Math.max((before?.lives ?? 0) + 1, Math.floor(now / 1_000));
  await writeJsonFile(file, { lives: number, otlpPort: before?.otlpPort ?? null });
  return {
    number,
    otlpPort: before?.otlpPort ?? null,
    save: (otlpPort) => writeJsonFile(file, { lives: number, otlpPort }),
  };
}
