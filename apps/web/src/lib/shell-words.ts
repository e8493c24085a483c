// What a shell reports of itself before each prompt, in words. Pure.
import type { Session } from '@roundhouse/protocol';
import { t } from './i18n/t.js';

type Reported = Pick<Session, 'sidecar'>;

/** "npm test · exit 1": its last command, and how it ended unless well; empty before the first one. */
export function lastCommand({ sidecar }: Reported): string {
  const command = (sidecar?.['last_cmd'] ?? '').trim();
  const code = sidecar?.['last_exit_code'] ?? '0';
  return command === '' || code === '0' ? command : `${command} · ${t('fleet.exit', { code })}`;
}

/** Where it is now; null when it does not tell. */
export const shellPlace = ({ sidecar }: Reported): string | null => sidecar?.['current_activity'] ?? null;
