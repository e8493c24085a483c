// The one error that features handle: from a problem document, a socket error, or a failure of the network.
import type { ErrorCode, FieldError, WireError } from '@roundhouse/protocol';
import { t } from './i18n/t.js';

/** Server codes, and what can fail before a server answers. */
export type ApiErrorCode = ErrorCode | 'NETWORK' | 'ABORTED' | 'BAD_REPLY' | 'OFFLINE';

export interface ApiErrorOptions {
  readonly message: string;
  readonly hint?: string | undefined;
  /** HTTP status, 0 when there was no answer. */
  readonly status?: number;
  readonly fields?: readonly FieldError[] | undefined;
  /** Other members of the problem document, for example the files of a worktree. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterS?: number | undefined;
  readonly cause?: unknown;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  readonly hint: string;
  readonly status: number;
  /** Message per field path, as in `projectRoots[0]`. */
  readonly fieldErrors: Readonly<Record<string, string>>;
  /** The same in their order, with the lines of a text that was checked. */
  readonly fields: readonly FieldError[];
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfterS: number | null;

  constructor(code: ApiErrorCode, options: ApiErrorOptions) {
    super(options.message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? '';
    this.status = options.status ?? 0;
    this.fields = options.fields ?? [];
    this.fieldErrors = Object.fromEntries(
      (options.fields ?? []).map(({ field, message }) => [field, message]),
    );
    this.details = options.details ?? {};
    this.retryAfterS = options.retryAfterS ?? null;
  }
}

/** An error of an acknowledgement as an ApiError. */
export const fromWire = (error: WireError): ApiError =>
  new ApiError(error.code, {
    message: error.message,
    hint: error.hint,
    fields: error.fields,
    details: error.details,
  });

/** What to show for anything that was thrown. `code`: one that the help knows. */
export function describeError(error: unknown): { message: string; hint: string; code: string | null } {
  if (error instanceof ApiError) {
    const { message, hint, code } = error;
    // Given up in the page itself, for many reasons: there is nothing to look up.
    return { message, hint, code: code === 'ABORTED' ? null : code };
  }
  return { message: t('error.unexpected'), hint: t('error.unexpectedHint'), code: null };
}
