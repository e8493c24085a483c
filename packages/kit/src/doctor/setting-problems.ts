// A doctor looks also where the settings are wrong: then that is its first finding.
import { AppError } from '@roundhouse/protocol';

export interface Read<T> {
  /** Null when something is wrong. */
  readonly value: T | null;
  /** One sentence for each thing that is wrong. */
  readonly problems: readonly string[];
}

/** What `load` gives, or the problems of the AppError that it throws. @throws whatever else it throws */
export function problemsOf<T>(load: () => T): Read<T> {
  try {
    return { value: load(), problems: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const fields = error.fields.map(({ message }) => message);
    return { value: null, problems: fields.length > 0 ? fields : [error.message] };
  }
}
