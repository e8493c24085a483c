// A refusal of the keeper: it becomes an ERROR frame or the error line of the start pipe. Codes are those of the
// protocol's error table; the keeper cannot import it.
import type { ErrorCode } from '@roundhouse/protocol';

export class KeeperFault extends Error {
  override readonly name = 'KeeperFault';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
