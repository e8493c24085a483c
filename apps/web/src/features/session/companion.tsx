// A bash beside the agent: opens one, or leads to the one that runs.
import { hasEnded, type Session } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { SquareTerminal } from 'lucide-react';
import { useRef } from 'react';
import { t } from '../../lib/i18n/t.js';
import { sessionsQuery } from '../../lib/query.js';
import { sessionStatus } from '../../lib/status.js';
import { Button } from '../../ui/button.js';
import { Status } from '../../ui/state-glyph.js';
import { Section } from './section.js';
import { companionKey, useCompanion } from './use-session-actions.js';

export function Companion({ session }: { session: Session }) {
  const { data } = useQuery(sessionsQuery);
  const spawn = useCompanion(session);
  // One key per wish: a retry after a lost answer must not open a second shell.
  const key = useRef<string | null>(null);
  const companions = (data?.items ?? []).filter(
    ({ companionOf, state }) => companionOf === session.id && !hasEnded(state),
  );
  const open = (): void => {
    key.current ??= companionKey();
    spawn.mutate(key.current, { onSuccess: () => (key.current = null) });
  };
  return (
    <Section
      title={t('session.companion')}
      end={
        <Button
          size="sm"
          icon={<SquareTerminal aria-hidden="true" />}
          busy={spawn.isPending}
          disabled={session.cwd === null}
          onClick={open}
        >
          {t('session.companionOpen')}
        </Button>
      }
    >
      {companions.length === 0 ? (
        <p className="text-12 text-text-3">{t('session.companionText')}</p>
      ) : (
        <ul className="-mx-2 grid">
          {companions.map((companion) => (
            <li key={companion.id}>
              <Link
                to="/sessions/$id"
                params={{ id: companion.id }}
                className="flex h-8 items-center gap-2 rounded-sm px-2 hover:bg-hover pointer-coarse:h-11"
              >
                <span className="min-w-0 flex-1 truncate">{companion.name}</span>
                <Status kind={sessionStatus(companion)} colour="needs" />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
