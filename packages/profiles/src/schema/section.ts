// A section of a profile: only the fields that it names, and words for what is not one. Used by the schema only.
import { z } from 'zod';
import { ENTRIES_MAX, plainText } from '../rules.js';

export const section = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'invalid_type' ? 'must be a section with fields' : undefined),
  });

const small = (record: object): boolean => Object.keys(record).length <= ENTRIES_MAX;
const tooMany = { error: `must have at most ${String(ENTRIES_MAX)} entries` };

/** A map whose keys a person chooses; `what` says how an entry looks. */
export const mapOf = <K extends z.ZodType<string, string>, V extends z.ZodType>(
  key: K,
  value: V,
  what: string,
) => z.record(key, value, { error: `must be a map of ${what}` }).refine(small, tooMany);

export const oneOf = (words: readonly string[]) => ({ error: `must be one of ${words.join(', ')}` });

/** One value or a list of values; always a list when it has been read. */
export const oneOrMore = <S extends z.ZodType>(item: S, what: string) =>
  z.union([z.array(item).min(1).max(ENTRIES_MAX), item.transform((value) => [value])], {
    error: `must be ${what}, or a list of such`,
  });

/** Longest path into a JSON document, in characters. */
const PATH_MAX = 200;

/** Where a value stands in a JSON document: keys and list positions with dots between them. */
export const jsonPath = plainText('a path like tool_input.command', PATH_MAX);

/** Longest pattern, in characters. */
const PATTERN_MAX = 500;

/** A regular expression, in JavaScript's or Python's spelling. One that does not compile is a warning. */
export const pattern = z
  .string({ error: 'must be a regular expression; put it in quotes' })
  .min(1, { error: 'must not be empty; remove the key, or give a regular expression' })
  .max(PATTERN_MAX, { error: `must be at most ${String(PATTERN_MAX)} characters` })
  .refine((text) => !text.includes('\0'), { error: 'must not contain a NUL character' });
