// Waits until something holds, looked at whenever its owner says that something changed.
import { ApiError } from '../../lib/api-error.js';
import { t } from '../../lib/i18n/t.js';

export class Conditions {
  readonly #checks = new Set<() => void>();
  #closed = false;

  /** @throws ApiError TIMEOUT, or ABORTED when the owner is closed */
  until(holds: () => boolean, timeoutMs: number): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        this.#checks.delete(check);
        finish();
      };
      const check = (): void => {
        if (this.#closed) settle(() => reject(new ApiError('ABORTED', { message: 'closed' })));
        else if (holds()) settle(resolve);
      };
      const timer = setTimeout(() => {
        settle(() =>
          reject(new ApiError('TIMEOUT', { message: t('error.timeout'), hint: t('error.timeoutHint') })),
        );
      }, timeoutMs);
      this.#checks.add(check);
      check();
    });
  }

  changed(): void {
    for (const check of [...this.#checks]) check();
  }

  close(): void {
    this.#closed = true;
    this.changed();
  }
}
