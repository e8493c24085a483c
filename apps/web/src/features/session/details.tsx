// The facts of a session, as a list.
import type { Host, Session } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { t } from '../../lib/i18n/t.js';
import { sessionQuery } from '../../lib/query.js';
import { CopyButton } from '../../ui/copy-button.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { Section } from './section.js';
import { branchUrl } from './session-words.js';

export function Details({ session, host }: { session: Session; host: Host | undefined }) {
  const url = branchUrl(session);
  const { cwd, branch, pid, companionOf, startedAt, endedAt } = session;
  return (
    <Section title={t('session.details')}>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-12">
        <Fact label={t('session.agent')}>{session.profile}</Fact>
        {session.model !== null && <Fact label={t('session.model')}>{session.model}</Fact>}
        <Fact label={t('session.host')}>{host?.name ?? '—'}</Fact>
        <Fact label={t('session.project')} mono title={session.project}>
          {session.projectName}
        </Fact>
        {branch !== null && (
          <Fact label={t('session.branch')} mono title={branch}>
            {url ? (
              <a
                href={url.href}
                target="_blank"
                rel="noopener noreferrer"
                className="text-accent hover:underline"
              >
                {branch}
              </a>
            ) : (
              branch
            )}
          </Fact>
        )}
        {cwd !== null && (
          <Fact
            label={t('session.directory')}
            mono
            title={cwd}
            end={<CopyButton iconOnly text={cwd} label={t('session.copyDirectory')} />}
          >
            {cwd}
          </Fact>
        )}
        {companionOf !== null && <CompanionOf id={companionOf} />}
        {startedAt !== null && (
          <Fact label={t('session.started')}>
            <RelativeTime at={startedAt} />
          </Fact>
        )}
        {endedAt !== null && (
          <Fact label={t('session.endedAt')}>
            <RelativeTime at={endedAt} />
          </Fact>
        )}
        {pid !== null && <Fact label={t('session.process')}>{pid}</Fact>}
        {session.epoch > 1 && (
          <Fact label={t('session.life')} title={t('session.lifeHint')}>
            {session.epoch}
          </Fact>
        )}
      </dl>
    </Section>
  );
}

interface FactProps {
  label: string;
  children: ReactNode;
  title?: string;
  mono?: boolean;
  end?: ReactNode;
}

function Fact({ label, children, title, mono = false, end }: FactProps) {
  return (
    <>
      <dt className="text-text-3">{label}</dt>
      <dd className="flex min-h-[18px] min-w-0 items-center gap-1" title={title}>
        <span className={mono ? 'mono min-w-0 truncate text-text' : 'nums min-w-0 truncate'}>{children}</span>
        {end !== undefined && <span className="-my-1 ml-auto">{end}</span>}
      </dd>
    </>
  );
}

function CompanionOf({ id }: { id: Session['id'] }) {
  const { data } = useQuery(sessionQuery(id));
  return (
    <Fact label={t('session.companionOf')}>
      <Link to="/sessions/$id" params={{ id }} className="text-accent hover:underline">
        {data?.name ?? id}
      </Link>
    </Fact>
  );
}
