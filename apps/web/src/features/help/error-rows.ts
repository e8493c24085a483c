// What the help knows of: every code of the hub and the daemons, reasons of sessions, and what fails in the page itself.
// The same tables make docs/errors.md. Pure.
import { errorCodes, errorTable, isRetryable, sessionReasons } from '@roundhouse/protocol';
import { t } from '../../lib/i18n/t.js';
import type { HelpRow } from './search-rows.js';

export function helpRows(): HelpRow[] {
  const errors = errorCodes.map((code): HelpRow => {
    const { title, hint, status } = errorTable[code];
    return { code, topic: 'errors', title, cure: hint, status, retryable: isRetryable(code) };
  });
  const reasons = Object.entries(sessionReasons).map(([code, [title, cure]]): HelpRow => ({
    ...{ code, topic: 'sessions', title, cure, status: null, retryable: false },
  }));
  const here = [
    { code: 'NETWORK', title: t('error.network'), cure: t('error.networkHint') },
    { code: 'OFFLINE', title: t('error.offline'), cure: t('error.offlineHint') },
    { code: 'BAD_REPLY', title: t('error.badReply'), cure: t('error.badReplyHint') },
  ].map((row): HelpRow => ({ ...row, topic: 'page', status: null, retryable: true }));
  return [...errors, ...reasons, ...here].toSorted((a, b) => (a.code < b.code ? -1 : 1));
}
