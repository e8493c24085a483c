// The live list of steps until a new host is ready; it follows the host as the hub tells of it.
import { useQuery } from '@tanstack/react-query';
import { t } from '../../lib/i18n/t.js';
import { hostsQuery } from '../../lib/query.js';
import { StateGlyph, statusWord } from '../../ui/state-glyph.js';
import { checklistOf, type Step } from './join-checklist.js';

export interface ChecklistProps {
  hostId: string;
  name: string;
}

/** The steps of a host, live. */
export function useChecklist({ hostId, name }: ChecklistProps): Step[] {
  const { data } = useQuery(hostsQuery);
  return checklistOf(
    data?.items.find(({ id }) => id === hostId),
    name,
  );
}

export function Checklist({ steps }: { steps: readonly Step[] }) {
  return (
    <ol
      aria-label={t('hosts.check.list')}
      aria-live="polite"
      className="min-w-0 rounded-md border border-line-2"
    >
      {steps.map(({ name, status, detail }) => (
        <li
          key={name}
          className="flex min-h-9.5 min-w-0 items-center gap-2.5 border-b border-line px-3.5 py-1.5 last:border-b-0"
        >
          <StateGlyph kind={status} />
          <span className={status === 'todo' ? 'font-medium text-text-3' : 'font-medium'}>
            {t(`hosts.check.${name}`)}
            <span className="sr-only"> ({statusWord(status)})</span>
          </span>
          <span
            className="ml-auto min-w-0 truncate text-right text-12 text-text-3"
            title={detail === '' ? undefined : detail}
          >
            {detail}
          </span>
        </li>
      ))}
    </ol>
  );
}
