// The header of a session: state, agent and model, host, project and branch. On a phone two short lines.
import type { Host, Session } from '@roundhouse/protocol';
import { Link } from '@tanstack/react-router';
import { ChevronLeft, GitBranch } from 'lucide-react';
import { formatMoney, formatPercent } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import { StateGlyph } from '../../ui/state-glyph.js';
import { Explain } from './explain.js';
import { profileOn } from './resume-word.js';
import { SessionName } from './session-name.js';
import { branchUrl, stateDetail } from './session-words.js';

interface HeadingProps {
  session: Session;
  host: Host | undefined;
  mayEdit: boolean;
}

/** In the place of the title. */
export function SessionTitle({ session, host, mayEdit }: HeadingProps) {
  return (
    <div className="flex min-w-0 items-center gap-2">
      <Link
        to="/"
        aria-label={t('session.back')}
        className="touch-target -ml-1 grid size-8 shrink-0 place-items-center rounded-sm text-text-2 sm:hidden"
      >
        <ChevronLeft className="size-5" aria-hidden="true" />
      </Link>
      <div className="grid min-w-0">
        <SessionName session={session} mayEdit={mayEdit} />
        <PhoneLine session={session} host={host} />
      </div>
    </div>
  );
}

function PhoneLine({ session, host }: { session: Session; host: Host | undefined }) {
  const { context, costNanos, costSource } = session;
  const share = context?.window ? formatPercent(context.used / context.window) : null;
  const facts = [
    share === null ? undefined : `ctx ${share}`,
    costSource === 'none' ? undefined : formatMoney(costNanos, costSource),
  ].filter((fact) => fact !== undefined);
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-12 font-body tracking-normal text-text-3 sm:hidden">
      <span className="shrink-0">
        <Explain session={session} />
      </span>
      {facts.map((fact) => (
        <span key={fact} className="nums shrink-0">
          · {fact}
        </span>
      ))}
      {host && <span className="min-w-0 truncate">· {host.name}</span>}
    </span>
  );
}

interface MetaProps {
  session: Session;
  host: Host | undefined;
  /** What the agent calls itself: its word, so last and quiet. */
  agentTitle: string | null;
}

/** Behind the title, from tablets up. */
export function SessionMeta({ session, host, agentTitle }: MetaProps) {
  const detail = stateDetail(session);
  const profile = profileOn(host, session);
  return (
    <div className="flex min-w-0 items-center gap-3 text-12 whitespace-nowrap text-text-2 max-sm:hidden [&>*+*]:border-l [&>*+*]:border-line-2 [&>*+*]:pl-3">
      <Explain session={session} detail={detail} />
      <span className="max-w-56 truncate max-md:hidden">
        <span className="font-medium text-text">{profile?.displayName ?? session.profile}</span>
        {session.model !== null && <span className="ml-2 text-text-3">{session.model}</span>}
      </span>
      {host && (
        <span className="inline-flex shrink-0 items-center gap-1.5">
          <StateGlyph kind={host.state} size={10} labelled />
          <span className="max-w-40 truncate">{host.name}</span>
        </span>
      )}
      <Place session={session} />
      {agentTitle !== null && (
        <span
          className="max-w-64 truncate text-text-3 max-lg:hidden"
          title={t('session.agentTitle', { title: agentTitle })}
        >
          {agentTitle}
        </span>
      )}
    </div>
  );
}

function Place({ session }: { session: Session }) {
  const url = branchUrl(session);
  const branch = session.branch !== null && (
    <>
      <GitBranch className="size-3 shrink-0" aria-hidden="true" />
      <span className="truncate">{session.branch}</span>
    </>
  );
  return (
    <span className="mono flex min-w-0 items-center gap-1.5 max-lg:hidden">
      <span className="truncate text-text" title={session.project}>
        {session.projectName}
      </span>
      {url ? (
        <a
          href={url.href}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={t('session.openRemote', {
            branch: session.branch ?? session.projectName,
            host: url.host,
          })}
          className="flex min-w-0 items-center gap-1.5 rounded-xs hover:text-accent hover:underline"
        >
          {branch}
        </a>
      ) : (
        branch
      )}
    </span>
  );
}
