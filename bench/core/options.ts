// What may stand behind a benchmark's name on the command line.
import { parseArgs } from 'node:util';

export interface Options {
  /** Smaller inputs and fewer rounds: to see whether everything works. */
  readonly quick: boolean;
  /** Rows to take; empty for all. */
  readonly only: readonly string[];
  readonly json: boolean;
  readonly minutes: number | null;
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      minutes: { type: 'string' },
    },
  });
  const only = values.only.flatMap((names) => names.split(','));
  const minutes = values.minutes === undefined ? null : Number(values.minutes);
  return { quick: values.quick, only, json: values.json, minutes };
}
