// The slim line above a tile: what it shows, its number, and the ways to move, open and remove it.
import { hasEnded, type Host, type Session } from '@roundhouse/protocol';
import { Link } from '@tanstack/react-router';
import { cx } from 'class-variance-authority';
import { GitBranch, GripVertical, Maximize2, X } from 'lucide-react';
import { useRef } from 'react';
import { t } from '../../lib/i18n/t.js';
import { sessionStatus } from '../../lib/status.js';
import { AgentIcon } from '../../ui/agent-icon.js';
import { buttonStyle } from '../../ui/button.js';
import { IconButton } from '../../ui/icon-button.js';
import { Kbd } from '../../ui/kbd.js';
import { Meter } from '../../ui/meter.js';
import { Money } from '../../ui/money.js';
import { Elapsed } from '../../ui/relative-time.js';
import { StateGlyph, statusWord } from '../../ui/state-glyph.js';
import { formatPercent } from '../../lib/format.js';
import type { TileActions } from './tile-actions.js';

export interface TileHeadProps {
  session: Session;
  host: Host | undefined;
  /** Place in the grid, from 0. */
  at: number;
  actions: TileActions;
  /** There is nowhere to move it. */
  alone: boolean;
}

export function TileHead({ session, host, at, actions, alone }: TileHeadProps) {
  const { id, name, branch, projectName } = session;
  const kind = sessionStatus(session);
  const head = useRef<HTMLElement>(null);
  return (
    <header
      ref={head}
      data-tile-head=""
      draggable={!alone}
      onDragStart={(event) => actions.onDragStart(event, id)}
      onDragEnd={actions.onDragEnd}
      className="flex h-9 shrink-0 items-center gap-2 border-b border-line bg-surface pr-1.5 pl-3 text-12"
    >
      <StateGlyph kind={kind} labelled />
      <h2 className="min-w-0 shrink truncate text-13 font-strong" title={name}>
        {name}
      </h2>
      <span className="inline-flex shrink-0 items-center gap-[5px] text-text-2 @max-[430px]:hidden">
        <AgentIcon profile={session.profile} />
        <span className="@max-[560px]:hidden">
          {host?.profiles.find((profile) => profile.name === session.profile)?.displayName ?? session.profile}
        </span>
      </span>
      <span className="max-w-32 shrink-[2] truncate text-text-3">{host?.name}</span>
      <span
        className="mono inline-flex min-w-0 shrink-[3] items-center gap-1 text-text-3 @max-[620px]:hidden"
        title={branch === null ? projectName : `${projectName} ${branch}`}
      >
        {branch === null ? (
          <span className="truncate">{projectName}</span>
        ) : (
          <>
            <GitBranch className="size-3" aria-hidden="true" />
            <span className="truncate">{branch}</span>
          </>
        )}
      </span>
      <span className="flex-1" />
      <Numbers session={session} />
      <TileState session={session} />
      {at < 9 && (
        <span className="pointer-coarse:hidden @max-[340px]:hidden">
          <Kbd>{at + 1}</Kbd>
        </span>
      )}
      <span className="flex shrink-0 items-center">
        {!alone && (
          <IconButton
            size="sm"
            label={t('grid.move', { name })}
            className="cursor-grab pointer-coarse:hidden @max-[340px]:hidden"
            onKeyDown={(event) => actions.onMoveKey(event, id)}
          >
            <GripVertical aria-hidden="true" />
          </IconButton>
        )}
        <Link
          to="/sessions/$id"
          params={{ id }}
          data-first=""
          aria-label={t('grid.open', { name })}
          title={t('grid.open', { name })}
          className={cx(buttonStyle({ variant: 'ghost', size: 'sm' }), 'w-6 p-0!')}
        >
          <Maximize2 aria-hidden="true" />
        </Link>
        <IconButton size="sm" label={t('grid.remove', { name })} onClick={() => actions.onRemove(id)}>
          <X aria-hidden="true" />
        </IconButton>
      </span>
    </header>
  );
}

function Numbers({ session: { context, costNanos, costSource } }: { session: Session }) {
  const share = context?.window ? context.used / context.window : null;
  return (
    <>
      {share !== null && (
        <span className="flex items-center gap-2 text-text-3 @max-[520px]:hidden">
          <Meter
            value={share}
            tone={share > 0.8 ? 'danger' : 'neutral'}
            label={t('ui.contextUsed', { percent: formatPercent(share) })}
          />
          <span className="nums">{formatPercent(share)}</span>
        </span>
      )}
      {costSource !== 'none' && (
        <Money nanos={costNanos} source={costSource} className="text-text-2 @max-[480px]:hidden" />
      )}
    </>
  );
}

const loud: Readonly<Record<string, string>> = {
  waiting: 'text-waiting',
  crashed: 'text-danger',
  failed: 'text-danger',
  lost: 'text-danger',
  error: 'text-danger',
};

export function TileState({ session }: { session: Session }) {
  const kind = sessionStatus(session);
  const { state, activity, startedAt, createdAt, exitCode, signal } = session;
  const still = hasEnded(state) || state === 'unknown';
  const end = signal ?? (exitCode !== null && exitCode !== 0 ? t('grid.exit', { code: exitCode }) : '');
  return (
    <span className={cx('nums shrink-0 font-medium @max-[240px]:hidden', loud[kind] ?? 'text-text-3')}>
      {statusWord(kind)}
      {still ? hasEnded(state) && ` ${end}` : <> </>}
      {!still && <Elapsed from={activity?.since ?? startedAt ?? createdAt} />}
    </span>
  );
}
