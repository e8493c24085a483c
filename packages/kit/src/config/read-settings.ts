// The settings of a program: environment over file over default. Every problem is told at once, with the name, what it
// takes and an example; secrets are never told.
import path from 'node:path';
import { AppError, type FieldError, type SettingSource } from '@roundhouse/protocol';
import { noFiles, type Files } from './files.js';
import { unknownVariables } from './names.js';
import type { FileText, SettingsFile } from './settings-file.js';
import {
  fileExample,
  fileVariable,
  maskCredentials,
  quoted,
  type Env,
  type Setting,
  type SettingsTable,
  type SettingValues,
} from './settings-table.js';

/** Where a value comes from, for people. */
export interface SettingOrigin {
  readonly source: SettingSource;
  /** The variable, or file and line; null for a default. */
  readonly from: string | null;
  /** As it was written; null for a default and for a secret. */
  readonly text: string | null;
}

export interface SettingsInput<T extends SettingsTable> {
  readonly table: T;
  readonly env: Env;
  readonly file?: SettingsFile | undefined;
  /** For the files that hold secrets. */
  readonly files?: Files | undefined;
}

export interface ReadSettings<T extends SettingsTable> {
  readonly values: SettingValues<T>;
  readonly origins: ReadonlyMap<string, SettingOrigin>;
  /** Files in which secrets stand, whether they hold or not: the settings file, and those that `NAME_FILE` names. */
  readonly secretFiles: readonly string[];
}

/** A text, and the words for where it was found. */
interface Found {
  readonly text: string;
  readonly source: SettingSource;
  readonly from: string;
  /** Begins a message: `/x/roundhouse.yaml:3: hub.port` or `ROUNDHOUSE_PORT`. */
  readonly subject: string;
  readonly field: string;
  readonly example: string;
}

/** @throws AppError CONFIG_INVALID with one field for each thing that is wrong */
export function readSettings<T extends SettingsTable>(input: SettingsInput<T>): ReadSettings<T> {
  const problems = [...unknownVariables(input.table, input.env), ...(input.file?.problems ?? [])];
  const values = new Map<string, unknown>();
  const origins = new Map<string, SettingOrigin>();
  for (const [name, row] of Object.entries<Setting>(input.table)) {
    const found = find(name, row, input, problems);
    origins.set(name, originOf(row, found));
    if (found === null) continue;
    const parsed = row.schema.safeParse(found.text);
    if (parsed.success) values.set(name, parsed.data);
    else problems.push({ field: found.field, message: wrongValue(row, found) });
  }
  if (problems.length > 0) throw configError(problems);
  // Each value was made by the schema of its own row.
  return {
    values: Object.fromEntries(values) as SettingValues<T>,
    origins,
    secretFiles: secretFilesOf(input),
  };
}

function secretFilesOf({ table, env, file }: SettingsInput<SettingsTable>): string[] {
  const places = Object.entries(table)
    .filter(([, row]) => row.secret)
    .flatMap(([name, row]) => {
      const inFile = (file?.texts.get(name) ?? []).flatMap((text) => fromFile(name, row, text));
      const named = [...fromEnvironment(name, row, env), ...inFile].flatMap(({ points, text }) =>
        points ? [text] : [],
      );
      return inFile.some(({ points }) => !points) ? [...named, file?.path ?? ''] : named;
    });
  return [...new Set(places)];
}

/** The error of a configuration, from what is wrong with each setting; the messages name it. */
export function configError(problems: readonly FieldError[], hint?: string): AppError {
  return new AppError('CONFIG_INVALID', {
    message: problems.map((problem) => problem.message).join('\n'),
    ...(hint === undefined ? {} : { hint }),
    fields: problems,
  });
}

/** `NAME=value` lines of what is set, secrets masked, for the log at start. */
export const describeSettings = (origins: ReadonlyMap<string, SettingOrigin>): string[] =>
  [...origins].flatMap(([name, { source, text, from }]) => {
    if (source === 'default') return [];
    const place = source === 'file' ? ` (${from ?? ''})` : '';
    return [`${name}=${text ?? '********'}${place}`];
  });

function originOf(row: Setting, found: Found | null): SettingOrigin {
  if (found === null) return { source: 'default', from: null, text: null };
  const { source, from, text } = found;
  return { source, from, text: row.secret ? null : maskCredentials(text) };
}

const wrongValue = (row: Setting, { subject, example, text }: Found): string =>
  `${subject} must be ${row.expects}, for example ${example}${quoted(row, text)}`;

function find<T extends SettingsTable>(
  name: string,
  row: Setting,
  { env, file, files = noFiles }: SettingsInput<T>,
  problems: FieldError[],
): Found | null {
  const inEnvironment = fromEnvironment(name, row, env);
  const inFile = (file?.texts.get(name) ?? []).flatMap((text) => fromFile(name, row, text));
  if (inEnvironment.length > 0) problems.push(...wrongBelow(row, inFile));
  for (const places of [inEnvironment, inFile]) {
    const [first, second] = places;
    if (first === undefined) continue;
    if (second !== undefined) {
      const message = `${first.subject} and ${second.subject} are both set: remove one of them`;
      problems.push({ field: second.field, message });
      return null;
    }
    return first.points ? pointedTo(first, files, problems) : first;
  }
  return null;
}

/** What the environment hides must fit too, or it stops the start on the day that the variable goes. */
const wrongBelow = (row: Setting, inFile: readonly Place[]): FieldError[] =>
  inFile
    .filter(({ points, text }) => !points && !row.schema.safeParse(text).success)
    .map((found) => ({ field: found.field, message: wrongValue(row, found) }));

/** Found itself, or the path of the file that it stands in. */
type Place = Found & { readonly points: boolean };

function fromEnvironment(name: string, row: Setting, env: Env): Place[] {
  const names = row.secret ? [name, fileVariable(name)] : [name];
  return names.flatMap((variable): Place[] => {
    const text = env[variable]?.trim() ?? '';
    if (text === '') return [];
    const said = { source: 'environment', from: variable, subject: variable, field: variable } as const;
    return [{ ...said, text, example: `${name}=${row.example}`, points: variable !== name }];
  });
}

function fromFile(name: string, row: Setting, { text, place, key, field }: FileText): Place[] {
  if (text === '') return [];
  const said = { source: 'file', from: place, subject: `${place}: ${field}`, field } as const;
  const points = key !== row.key;
  return [{ ...said, text, example: points ? `${name}=${row.example}` : fileExample(row), points }];
}

/** The content of a secret's file, without the line end that editors leave. */
function pointedTo(found: Found, files: Files, problems: FieldError[]): Found | null {
  const fail = (reason: string): null => {
    problems.push({ field: found.field, message: `${found.subject} ${reason}` });
    return null;
  };
  if (!path.isAbsolute(found.text)) {
    return fail('must be the absolute path of a file, for example /run/secrets/database-url');
  }
  try {
    const content = files.read(found.text);
    if (content === null) return fail(`names ${found.text}, which is not there`);
    const text = content.replace(/\r?\n$/, '');
    if (text === '') return fail(`names ${found.text}, which is empty`);
    return { ...found, text, subject: `The content of ${found.text} (${found.subject})` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(`names ${found.text}, which cannot be read: ${reason}`);
  }
}
