// The facts of a session, as a list.
import { routes, type Host, type Session } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { t } from '../../lib/i18n/t.js';
import { call } from '../../lib/api.js';
import { meQuery, sessionQuery } from '../../lib/query.js';
import { lastCommand, shellPlace } from '../../lib/shell-words.js';
import { takesOptions } from '../../lib/takes-options.js';
import { CopyButton } from '../../ui/copy-button.js';
import { McpServers } from '../../ui/mcp-servers.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { profileOn } from './resume-word.js';
import { Section } from './section.js';
import { branchUrl } from './session-words.js';

/** The host looks at the agent's program as well, which may take its time. */
const MCP_TIMEOUT_MS = 30_000;
const MCP_FRESH_MS = 300_000;

export function Details({ session, host }: { session: Session; host: Host | undefined }) {
  const url = branchUrl(session);
  const { cwd, branch, pid, companionOf, startedAt, endedAt } = session;
  return (
    <Section title={t('session.details')}>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-12">
        <Fact label={t('session.agent')}>{profileOn(host, session)?.displayName ?? session.profile}</Fact>
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
        <Shell session={session} />
        <Life session={session} />
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
      <Mcp session={session} host={host} />
      {session.notes.length > 0 && (
        <ul className="mt-2 grid list-disc gap-1 pl-4 text-12 text-text-2">
          {session.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
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

/** The servers that the agent is configured with, where its host tells. */
function Mcp({ session, host }: { session: Session; host: Host | undefined }) {
  const { hostId, profile, project } = session;
  const told =
    host?.state === 'online' && host.profiles.some((each) => each.name === profile && takesOptions(each));
  const { data: auth } = useQuery(meQuery);
  const may = auth?.kind === 'in' && auth.me.permissions.includes('session.spawn');
  const { data } = useQuery({
    queryKey: ['mcp', hostId, profile, project],
    queryFn: ({ signal }) =>
      call(routes.sessions.preflight, {
        body: { hostId, profile, project },
        signal,
        timeoutMs: MCP_TIMEOUT_MS,
      }),
    enabled: told && may,
    staleTime: MCP_FRESH_MS,
    retry: false,
  });
  return data && data.mcp.length > 0 ? <McpServers servers={data.mcp} /> : null;
}

/** What a shell reports of itself. */
function Shell({ session }: { session: Session }) {
  const place = shellPlace(session);
  const command = lastCommand(session);
  return (
    <>
      {place !== null && place !== session.cwd && (
        <Fact label={t('session.shellPlace')} mono title={place}>
          {place}
        </Fact>
      )}
      {command !== '' && (
        <Fact label={t('session.lastCommand')} mono title={command}>
          {command}
        </Fact>
      )}
    </>
  );
}

/** What was chosen for it, and which conversation it is. */
function Life({ session: { options, conversationId, resumedFrom } }: { session: Session }) {
  const { preset, model, permissionMode, args = [], env = {}, envNames = [] } = options;
  const chosen = [preset, model, permissionMode].filter((part) => part !== undefined);
  const variables = [...Object.keys(env), ...envNames];
  return (
    <>
      {chosen.length > 0 && <Fact label={t('spawn.options')}>{chosen.join(', ')}</Fact>}
      {args.length > 0 && (
        <Fact label={t('spawn.args')} mono title={args.join(' ')}>
          {args.join(' ')}
        </Fact>
      )}
      {variables.length > 0 && (
        <Fact label={t('spawn.env')} mono title={variables.join(' ')}>
          {variables.join(' ')}
        </Fact>
      )}
      {conversationId !== null && (
        <Fact
          label={t('session.conversation')}
          mono
          title={conversationId}
          end={<CopyButton iconOnly text={conversationId} label={t('session.copyConversation')} />}
        >
          {conversationId}
        </Fact>
      )}
      {resumedFrom !== null && <LinkedSession label={t('session.copyOf')} id={resumedFrom} />}
    </>
  );
}

const CompanionOf = ({ id }: { id: Session['id'] }) => (
  <LinkedSession label={t('session.companionOf')} id={id} />
);

function LinkedSession({ label, id }: { label: string; id: Session['id'] }) {
  const { data } = useQuery(sessionQuery(id));
  return (
    <Fact label={label}>
      <Link to="/sessions/$id" params={{ id }} className="text-accent hover:underline">
        {data?.name ?? id}
      </Link>
    </Fact>
  );
}
