// One session of the grid: its head, and below it the terminal while it is in view.
import { hasEnded, type SessionId } from '@roundhouse/protocol';
import { cx } from 'class-variance-authority';
import { useRef, type DragEvent } from 'react';
import { describeError } from '../../lib/api-error.js';
import { t } from '../../lib/i18n/t.js';
import { sessionStatus } from '../../lib/status.js';
import { Button } from '../../ui/button.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { Skeleton, SkeletonGroup } from '../../ui/skeleton.js';
import type { TileActions } from './tile-actions.js';
import { TileHead } from './tile-head.js';
import { TileTerminal } from './tile-terminal.js';
import { useInView } from './use-in-view.js';
import { useTileSession, type TileSession } from './use-tile-session.js';

export interface TileProps {
  id: SessionId;
  at: number;
  alone: boolean;
  actions: TileActions;
  screenReader: boolean;
  /** A tile is being dragged over this one. */
  target: boolean;
  /** Its terminal is to have the focus as soon as it can. */
  entering: boolean;
  onEntered: () => void;
  /** It fills the page: no frame. */
  flat?: boolean;
  onDragOver: (event: DragEvent, at: number) => void;
}

export function Tile(props: TileProps) {
  const { id, at, alone, actions, screenReader, target, onDragOver, flat = false } = props;
  const tile = useTileSession(id);
  const view = useInView();
  const box = useRef<HTMLElement>(null);
  const there = tile.kind === 'there' ? tile : null;
  const waiting = there !== null && sessionStatus(there.session) === 'waiting';
  const name = there?.session.name ?? t('shell.session');
  return (
    <section
      ref={(element) => {
        box.current = element;
        return view.ref(element);
      }}
      data-tile={id}
      aria-label={t('grid.tile', { n: at + 1, name })}
      onDragOver={(event) => onDragOver(event, at)}
      className={cx(
        '@container relative flex min-h-0 min-w-0 flex-col overflow-hidden bg-term-bg',
        !flat && 'rounded-md border focus-within:border-accent focus-within:shadow-[0_0_0_1px_var(--accent)]',
        waiting ? 'border-waiting-line' : 'border-line-2',
        target && 'outline-2 outline-offset-[-2px] outline-accent-line outline-dashed',
      )}
    >
      {there ? (
        <>
          <TileHead {...there} at={at} alone={alone} actions={actions} />
          {notStarted(there.session.state) ? (
            <Word>{there.session.stateReason?.message ?? t('grid.notStarted')}</Word>
          ) : view.inView ? (
            <TileTerminal
              key={id}
              entering={props.entering}
              onEntered={props.onEntered}
              {...there}
              screenReader={screenReader}
              onLeave={() => box.current?.querySelector<HTMLElement>('[data-first]')?.focus()}
            />
          ) : (
            <div className="flex-1" />
          )}
          <Ended tile={there} onRemove={() => actions.onRemove(id)} />
        </>
      ) : (
        <Missing tile={tile} onRemove={() => actions.onRemove(id)} />
      )}
    </section>
  );
}

/** No terminal of it was ever made. */
const notStarted = (state: string): boolean => ['queued', 'starting', 'failed'].includes(state);

const Word = ({ children }: { children: string }) => (
  <p className="grid min-h-0 flex-1 place-items-center px-6 text-center text-12 text-text-3">{children}</p>
);

function Ended({ tile, onRemove }: { tile: Extract<TileSession, { kind: 'there' }>; onRemove: () => void }) {
  const { state, endedAt } = tile.session;
  if (!hasEnded(state)) return null;
  return (
    <div className="flex h-9 shrink-0 items-center gap-2 border-t border-line bg-surface pr-1.5 pl-3 text-12 text-text-2">
      <span className="min-w-0 flex-1 truncate">
        {endedAt === null ? t('terminal.agentEnded') : <EndedAt at={endedAt} />}
      </span>
      <Button size="sm" variant="ghost" onClick={onRemove}>
        {t('grid.removeTile')}
      </Button>
    </div>
  );
}

const EndedAt = ({ at }: { at: string }) => (
  <>
    {t('grid.endedWord')} <RelativeTime at={at} />
  </>
);

function Missing({ tile, onRemove }: { tile: TileSession; onRemove: () => void }) {
  if (tile.kind === 'loading')
    return (
      <SkeletonGroup className="grid gap-3 p-3">
        <Skeleton className="h-4 w-2/5" />
        <Skeleton className="h-3 w-3/5" />
      </SkeletonGroup>
    );
  const failed = tile.kind === 'failed';
  return (
    <div className="grid min-h-0 flex-1 place-content-center justify-items-center gap-1 px-6 text-center">
      <h2 className="font-strong">{failed ? describeError(tile.error).message : t('grid.gone')}</h2>
      <p className="text-12 text-text-2">{failed ? describeError(tile.error).hint : t('grid.goneHint')}</p>
      <div className="mt-2 flex gap-2">
        {failed && (
          <Button size="sm" onClick={tile.retry}>
            {t('ui.retry')}
          </Button>
        )}
        <Button size="sm" onClick={onRemove}>
          {t('grid.removeTile')}
        </Button>
      </div>
    </div>
  );
}
