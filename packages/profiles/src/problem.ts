// What is wrong with a profile file: where, and what to do. Words for zod's issues.
import { fieldPath, type ProfileProblem } from '@roundhouse/protocol';
import type { z } from 'zod';

/** A problem as the wire has it, with what only a console needs. */
export interface FileProblem extends ProfileProblem {
  readonly column: number | null;
  /** error: the file was not used. warning: it was, apart from what is named. */
  readonly severity: 'error' | 'warning';
}

/** Longest message and field on the wire, in characters. */
const MESSAGE_MAX = 500;
const FIELD_MAX = 200;

export interface Complaint {
  readonly path: readonly PropertyKey[];
  /** The key itself is wrong, not its value. */
  readonly atKey: boolean;
  readonly message: string;
}

/** `file:line:column: field message` */
export function problemText({ file, line, column, field, message }: FileProblem): string {
  const place = line === null ? file : `${file}:${String(line)}:${String(column ?? 1)}`;
  return field === null ? `${place}: ${message}` : `${place}: ${field} ${message}`;
}

export function clamp(problem: FileProblem): FileProblem {
  return {
    ...problem,
    field: problem.field === null ? null : problem.field.slice(0, FIELD_MAX),
    message: problem.message.slice(0, MESSAGE_MAX),
  };
}

/** The issues of a failed parse, one complaint for each key or value that is wrong. */
export function complaints(
  error: z.ZodError,
  keysAt: (path: readonly PropertyKey[]) => string[],
): Complaint[] {
  return error.issues.flatMap((issue): Complaint[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...issue.path, key],
        atKey: true,
        message: unknownKey(key, keysAt(issue.path)),
      }));
    }
    if (issue.code === 'invalid_key') {
      const message = issue.issues[0]?.message ?? 'is not allowed here';
      return [{ path: issue.path, atKey: true, message: `(the name) ${message}` }];
    }
    return [{ path: issue.path, atKey: false, message: plainMessage(issue) }];
  });
}

function plainMessage({ code, path, message }: z.core.$ZodIssue): string {
  if (path.length === 0) return 'must be a map of fields that starts with "name: <name of the file>"';
  if (path[0] === 'name' && code === 'invalid_type') return 'is missing; add "name: <name of the file>"';
  return message;
}

function unknownKey(key: string, known: readonly string[]): string {
  const close = known.find((candidate) => distance(candidate, key) <= 2);
  if (close !== undefined) return `is not a field here; did you mean "${close}"?`;
  if (known.length === 0) return 'is not a field here; remove it';
  return `is not a field here; remove it, or use one of ${known.join(', ')}`;
}

/** Levenshtein distance; both words are short. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, char] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (char === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

export const fieldName = (path: readonly PropertyKey[]): string | null => fieldPath(path) || null;
