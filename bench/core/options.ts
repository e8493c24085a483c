// What may stand behind a benchmark's name on the command line.
import process from 'node:process';
import { parseArgs } from 'node:util';

export interface Options {
  /** Smaller inputs and fewer rounds: to see whether everything works. */
  readonly quick: boolean;
  /** Rows to take; empty for all. */
  readonly only: readonly string[];
  readonly json: boolean;
  readonly minutes: number | null;
}

/** @param rows what `--only` may name; a name that is none of them ends the process: nothing measured is not nothing wrong */
export function readOptions(args: readonly string[], rows: readonly string[] = []): Options {
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
  const unknown = only.filter((name) => !rows.includes(name));
  if (unknown.length > 0) {
    console.error(`No such row: ${unknown.join(', ')}. There are: ${rows.join(', ') || 'none to choose'}`);
    process.exit(2);
  }
  const minutes = values.minutes === undefined ? null : Number(values.minutes);
  return { quick: values.quick, only, json: values.json, minutes };
}
