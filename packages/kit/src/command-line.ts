// Arguments of a subcommand: names that it knows, each with or without a value; anything else is refused with its usage.
import { parseArgs } from 'node:util';
import { AppError } from '@roundhouse/protocol';

export interface CommandOptions<T extends Readonly<Record<string, 'string' | 'boolean'>>> {
  /** One line, as in `backup --to FILE [--verify]`. */
  readonly usage: string;
  readonly options: T;
}

export type CommandValues<T extends Readonly<Record<string, 'string' | 'boolean'>>> = {
  readonly [K in keyof T]?: T[K] extends 'string' ? string : boolean;
};

/** @throws AppError CONFIG_INVALID that says how the command is written */
export function parseCommand<T extends Readonly<Record<string, 'string' | 'boolean'>>>(
  args: readonly string[],
  { usage, options }: CommandOptions<T>,
): CommandValues<T> {
  const table = Object.fromEntries(Object.entries(options).map(([name, type]) => [name, { type }]));
  try {
    // Each value was parsed by the type of its own row.
    return parseArgs({ args: [...args], options: table, strict: true }).values as CommandValues<T>;
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : '';
    throw new AppError('CONFIG_INVALID', { message: why, hint: `Usage: ${usage}`, cause });
  }
}
