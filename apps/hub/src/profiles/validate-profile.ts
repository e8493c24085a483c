// Whether a text would be a profile. Parsed here, never on a host; nothing of it is kept or run.
import { loadProfiles, type FileProblem } from '@roundhouse/profiles';
import { AppError } from '@roundhouse/protocol';

export interface ProfileText {
  readonly name: string;
  readonly text: string;
  readonly format: 'yaml' | 'json';
}

/**
 * What is odd about it, but no mistake.
 * @throws AppError PROFILE_INVALID with field, line and what to do for each mistake
 */
export function validateProfile({ name, text, format }: ProfileText) {
  const { problems } = loadProfiles([{ file: `${name}.${format}`, text }]);
  const mistakes = problems.filter(({ severity }) => severity === 'error');
  if (mistakes.length === 0) {
    return problems.map(({ line, field, message }) => ({ line, field, message }));
  }
  const [first] = mistakes;
  throw new AppError('PROFILE_INVALID', {
    message: `${name}.${format}: ${first ? sentence(first) : 'is no profile'}`,
    fields: mistakes.map(({ field, line, message }) => ({
      field: field ?? '(whole)',
      message,
      ...(line !== null && { line }),
    })),
  });
}

const sentence = ({ field, message }: FileProblem): string =>
  field === null ? message : `${field} ${message}`;
