// One session as a card: state, what it is, what it does, its last lines, what it used. The whole card leads to it.
import { hasEnded, type Host, type Session } from '@roundhouse/protocol';
import { Link } from '@tanstack/react-router';
import { cx } from 'class-variance-authority';
import { TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import { t } from '../../lib/i18n/t.js';
import { useAgentTitle } from '../../lib/previews/use-preview.js';
import { sessionStatus, type StatusKind } from '../../lib/status.js';
import { useNow } from '../../lib/ticker.js';
import { AgentIcon } from '../../ui/agent-icon.js';
import { Button } from '../../ui/button.js';
import { Card } from '../../ui/card.js';
import { ContextMeter } from '../../ui/meter.js';
import { Money } from '../../ui/money.js';
import { SparkLine } from '../../ui/spark-line.js';
import { StateGlyph } from '../../ui/state-glyph.js';
import { TokenCount } from '../../ui/token-count.js';
import { useSessionSpark } from './fleet-activity.js';
import { tokenSum } from './fleet-order.js';
import { adopt, askToStop, SessionMenu } from './session-actions.js';
import { ProjectRef } from './session-ref.js';
import { SessionPreview } from './session-preview.js';
import { SessionState } from './session-state.js';
import { hasUsage, nowLine, shortPath } from './session-text.js';
import { shellPlace } from '../../lib/shell-words.js';

const toneOf = (kind: StatusKind): 'plain' | 'waiting' | 'danger' =>
  kind === 'waiting' ? 'waiting' : ['crashed', 'failed', 'lost', 'error'].includes(kind) ? 'danger' : 'plain';

export interface SessionCardProps {
  session: Session;
  host: Host | undefined;
  /** With the last lines of its screen. */
  live?: boolean;
}

export const SessionCard = memo(function SessionCard({ session, host, live = false }: SessionCardProps) {
  const kind = sessionStatus(session);
  const away = session.state === 'unknown';
  return (
    <Card
      tone={toneOf(kind)}
      ghost={away}
      data-session={session.id}
      className="group relative flex flex-col overflow-hidden transition-colors hover:border-line-input has-[a:focus-visible]:border-accent"
    >
      <div className="grid grid-cols-[minmax(0,1fr)] grid-rows-[20px_18px_18px] gap-1 px-3 pt-2.5 pb-2">
        <div className="flex min-w-0 items-center gap-2">
          <StateGlyph kind={kind} />
          <Link
            to="/sessions/$id"
            params={{ id: session.id }}
            className={cx(
              'min-w-0 flex-1 truncate font-strong after:absolute after:inset-0 after:rounded-md',
              away && 'text-text-2',
            )}
          >
            {session.name}
          </Link>
          <SessionState session={session} />
        </div>
        <div className="flex min-w-0 items-center gap-2 pl-5 text-12">
          <AgentName session={session} host={host} />
          <span className="h-3 w-px shrink-0 bg-line-2" />
          <ProjectRef session={session} />
          <SessionMenu
            session={session}
            className="relative z-10 -my-1 ml-auto opacity-0 group-hover:opacity-100 focus-visible:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100"
          />
        </div>
        <NowLine session={session} host={host} kind={kind} />
      </div>
      {live && (
        <SessionPreview
          id={session.id}
          name={session.name}
          state={session.state}
          epoch={session.epoch}
          className="border-t border-line"
        />
      )}
      {session.orphan ? <OrphanFoot session={session} /> : <Foot session={session} />}
    </Card>
  );
});

function NowLine({ session, host, kind }: SessionCardProps & { kind: StatusKind }) {
  const now = useNow(15_000);
  const line = nowLine(session, host, now, useAgentTitle(session.id));
  const tone = kind === 'waiting' ? 'text-text' : kind === 'unknown' ? 'text-text-3' : 'text-text-2';
  return (
    <div className={cx('truncate pl-5 text-12 leading-[18px]', tone)} title={line}>
      {line}
    </div>
  );
}

export function AgentName({ session, host }: SessionCardProps) {
  const profile = host?.profiles.find(({ name }) => name === session.profile);
  return (
    <span className="inline-flex shrink-0 items-center gap-[5px] text-text-2">
      <AgentIcon profile={session.profile} />
      {profile?.displayName ?? session.profile}
    </span>
  );
}

const foot = 'mt-auto flex h-[30px] shrink-0 items-center gap-3 border-t border-line pr-3 pl-8 text-12';

function Foot({ session }: { session: Session }) {
  const place = shellPlace(session) ?? session.cwd ?? session.project;
  if (!hasUsage(session))
    return (
      <div className={cx(foot, 'text-text-3')}>
        <Warnings session={session} />
        <span className="mono min-w-0 flex-1 truncate" title={place}>
          {shortPath(place)}
        </span>
        {session.pid !== null && !hasEnded(session.state) && (
          <span className="nums">{t('fleet.pid', { pid: session.pid })}</span>
        )}
      </div>
    );
  const { context } = session;
  return (
    <div className={foot}>
      {context === null ? (
        <span className="text-text-3">{session.model ?? ''}</span>
      ) : (
        <ContextMeter used={context.used} window={context.window} />
      )}
      <span className="flex-1" />
      <Spark session={session} />
      <Warnings session={session} />
      <TokenCount value={tokenSum(session)} className="text-text-3" />
      <Money nanos={session.costNanos} source={session.costSource} className="font-medium" />
    </div>
  );
}

/** Tokens of the last day, where there is room. */
function Spark({ session }: { session: Session }) {
  const values = useSessionSpark(session.id);
  if (!values) return null;
  return (
    <SparkLine
      values={values}
      width={48}
      className="max-[400px]:hidden"
      live={session.activity?.kind === 'working'}
    />
  );
}

function Warnings({ session: { warnings } }: { session: Session }) {
  if (warnings.length === 0) return null;
  const words = warnings.map((warning) => t(`fleet.warn.${warning}`)).join('. ');
  return (
    <span role="img" aria-label={words} title={words} className="relative z-10 text-danger">
      <TriangleAlert className="size-3.5" aria-hidden="true" />
    </span>
  );
}

function OrphanFoot({ session }: { session: Session }) {
  return (
    <div className={cx(foot, 'relative z-10 h-10 justify-end gap-2')}>
      <Button size="sm" variant="ghost" onClick={() => askToStop(session)}>
        {t('fleet.stop')}
      </Button>
      <Button size="sm" onClick={() => void adopt(session)}>
        {t('fleet.adopt')}
      </Button>
    </div>
  );
}
