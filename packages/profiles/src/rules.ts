// What a word in a profile may look like: names, paths, packages, environment. Used by the schema only.
import { z } from 'zod';

/** A profile is small; anything longer is a mistake or an attack. Characters. */
const TEXT_MAX = 4096;
/** Scripts in `commands`, `sidecar.prompt_command` and seeded files may be longer. Characters. */
const SCRIPT_MAX = 16_384;
/** Entries of any list or map of a profile. */
export const ENTRIES_MAX = 100;

// eslint-disable-next-line no-control-regex -- control characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const SUBSTITUTION = /\$\(|`/;

const oneLine = (text: string): boolean => !CONTROL.test(text);
const noSubstitution = (text: string): boolean => !SUBSTITUTION.test(text);
const saysText = (what: string) => ({ error: `must be ${what}; put it in quotes` });

/** Text of one line that a shell could not expand: labels, program names, paths. */
export const plainText = (what: string, max = TEXT_MAX) =>
  z
    .string(saysText(what))
    .min(1, { error: `must not be empty; remove the key, or give ${what}` })
    .max(max, { error: `must be at most ${String(max)} characters` })
    .refine(oneLine, { error: 'must be one line without control characters' })
    .refine(noSubstitution, { error: 'must not contain "$(" or a backquote; write the value itself' });

/** Text that is data wherever it goes: arguments, patterns, scripts. Only NUL is refused. */
export const rawText = (what: string) =>
  z
    .string(saysText(what))
    .max(SCRIPT_MAX, { error: `must be at most ${String(SCRIPT_MAX)} characters` })
    .refine((text) => !text.includes('\0'), { error: 'must not contain a NUL character' });

/** YAML reads `1` and `true` as number and boolean; where text is wanted they are taken as written. */
const asText = <S extends z.ZodType<string>>(schema: S) =>
  z.union([schema, z.number().transform(String), z.boolean().transform(String)], {
    error: (issue) => textIssue(issue.errors),
  });

/** The complaint of the text branch, which is the one that a person can act on. */
function textIssue(branches: unknown): string {
  const first = z.array(z.array(z.object({ message: z.string() }))).safeParse(branches);
  return first.success ? (first.data[0]?.[0]?.message ?? 'must be text') : 'must be text';
}

export const argument = asText(rawText('text'));

export const argv = z
  .array(argument, { error: 'must be a list of words, for example [mycli, --verbose]' })
  .max(ENTRIES_MAX, { error: `must have at most ${String(ENTRIES_MAX)} words` });

const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const RESERVED = /^(ROUNDHOUSE_|JOIN_TOKEN$|DATABASE_URL$)/;

export const envName = z
  .string({ error: 'must be the name of an environment variable' })
  .max(200, { error: 'must be at most 200 characters' })
  .regex(ENV_NAME, {
    error: 'must be a name of letters, digits and "_" that starts with no digit, like MY_TOKEN',
  })
  .refine((name) => !RESERVED.test(name), {
    error: 'is reserved for Roundhouse (ROUNDHOUSE_*, JOIN_TOKEN, DATABASE_URL); use another name',
  });

export const envValue = asText(
  z
    .string(saysText('text'))
    .max(SCRIPT_MAX, { error: `must be at most ${String(SCRIPT_MAX)} characters` })
    .refine(oneLine, { error: 'must be one line without control characters' }),
);

const PACKAGE = /^[A-Za-z0-9@][A-Za-z0-9@/._+:=<>!~^*,[\]-]*$/;

export const packageName = z
  .string({ error: 'must be the name of a package' })
  .max(300, { error: 'must be at most 300 characters' })
  .regex(PACKAGE, {
    error: 'must be one package name, with a version at most; no spaces, quotes, "$" or leading "-"',
  });

export const listOf = <S extends z.ZodType>(item: S) =>
  z
    .array(item, { error: 'must be a list; write each entry on a line of its own after "- "' })
    .max(ENTRIES_MAX, { error: `must have at most ${String(ENTRIES_MAX)} entries` });

/** `yes` and `on` are text in YAML 1.2; people and older files write them for true. */
export const flag = z.union(
  [
    z.boolean(),
    z.enum(['yes', 'on', 'Yes', 'On', 'YES', 'ON']).transform(() => true),
    z.enum(['no', 'off', 'No', 'Off', 'NO', 'OFF']).transform(() => false),
  ],
  { error: 'must be true or false' },
);

const relative = (path: string): boolean => !path.startsWith('/') && !path.startsWith('~');
const climbs = (path: string): boolean => path.split('/').includes('..');

export const projectPath = plainText('a path inside the project').refine(
  (path) => relative(path) && !climbs(path),
  { error: 'must be a path inside the project, without a leading "/" or "~" and without ".."' },
);
