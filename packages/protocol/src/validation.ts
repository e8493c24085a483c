// One way to turn a failed parse into an error that names the fields.
import type { z } from 'zod';
import type { ErrorCode } from './error-codes.js';
import { AppError, type FieldError } from './errors.js';

/** Path of an issue as people write it: `commands.new[0]`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${String(part)}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

export const fieldErrors = (error: z.ZodError): FieldError[] => issueFields(error.issues, []);

type Issues = z.ZodError['issues'];

function issueFields(issues: Issues, above: readonly PropertyKey[]): FieldError[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ field: fieldPath([...path, key]), message: 'is not known here' }));
    }
    // Of several allowed forms, the one that was meant is the one that fits best.
    const best = issue.code === 'invalid_union' ? nearest(issue.errors) : undefined;
    if (best) return issueFields(best, path);
    return [{ field: fieldPath(path) || '(whole)', message: issue.message }];
  });
}

const nearest = (branches: readonly Issues[]): Issues | undefined =>
  [...branches].filter((issues) => issues.length > 0).sort((a, b) => a.length - b.length)[0];

/**
 * Parses a value that comes from outside.
 * @throws AppError `code` (default VALIDATION_FAILED) with the list of wrong fields.
 */
export function parseWith<S extends z.ZodType>(
  schema: S,
  value: unknown,
  what = 'The request',
  code: ErrorCode = 'VALIDATION_FAILED',
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = fieldErrors(result.error);
  const listed = fields.slice(0, 3).map(({ field, message }) => `${field}: ${message}`);
  throw new AppError(code, { message: `${what} has a wrong value. ${listed.join('; ')}`, fields });
}
