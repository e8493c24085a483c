// The tiles that are not large now: beside it with their last lines, on a phone above it as chips.
import { hasEnded, type Session, type SessionId } from '@roundhouse/protocol';
import { cx } from 'class-variance-authority';
import { t } from '../../lib/i18n/t.js';
import { usePreview } from '../../lib/previews/use-preview.js';
import { sessionStatus, type StatusKind } from '../../lib/status.js';
import { Kbd } from '../../ui/kbd.js';
import { PreviewWell } from '../../ui/preview-well.js';
import { StateGlyph, statusWord } from '../../ui/state-glyph.js';
import { TileState } from './tile-head.js';
import { useTileSession } from './use-tile-session.js';

export interface StripProps {
  ids: readonly SessionId[];
  chosen: SessionId;
  onChoose: (id: SessionId) => void;
}

export function SideStrip({ ids, chosen, onChoose }: StripProps) {
  return (
    <nav
      aria-label={t('grid.strip')}
      className="grid w-[300px] shrink-0 scroll-thin auto-rows-max content-start gap-2 overflow-y-auto p-0.5"
    >
      {ids.map((id, at) => (
        <SideTile key={id} id={id} at={at} on={id === chosen} onChoose={() => onChoose(id)} />
      ))}
    </nav>
  );
}

interface PieceProps {
  id: SessionId;
  at: number;
  on: boolean;
  onChoose: () => void;
}

function SideTile({ id, at, on, onChoose }: PieceProps) {
  const tile = useTileSession(id);
  const { preview, waiting, ref } = usePreview(id);
  const session = tile.kind === 'there' ? tile.session : null;
  const kind = session && sessionStatus(session);
  const name = session?.name ?? (tile.kind === 'gone' ? t('grid.gone') : t('shell.session'));
  return (
    <button
      type="button"
      aria-current={on ? 'true' : undefined}
      aria-label={kind === null ? name : `${name}: ${statusWord(kind)}`}
      onClick={onChoose}
      className={cx(
        '@container w-full overflow-hidden rounded-md border bg-surface text-left',
        on ? 'border-accent' : edgeOf(kind),
      )}
    >
      <span className="flex h-8 items-center gap-2 border-b border-line px-3 text-12">
        {kind && <StateGlyph kind={kind} />}
        <span className="min-w-0 flex-1 truncate text-13 font-strong">{name}</span>
        {session && <TileState session={session} />}
        {at < 9 && (
          <span className="pointer-coarse:hidden">
            <Kbd>{at + 1}</Kbd>
          </span>
        )}
      </span>
      <PreviewWell
        ref={ref}
        label={t('grid.previewOf', { name })}
        lines={preview?.lines ?? []}
        past={isOfThePast(session)}
        waiting={waiting}
        note={t('grid.noOutput')}
      />
    </button>
  );
}

const edgeOf = (kind: StatusKind | null): string =>
  kind === 'waiting' ? 'border-waiting-line' : 'border-line-2 hover:border-line-input';

const isOfThePast = (session: Session | null): boolean =>
  session !== null && (hasEnded(session.state) || session.state === 'unknown');

export function ChipStrip({ ids, chosen, onChoose }: StripProps) {
  return (
    <nav
      aria-label={t('grid.strip')}
      className="flex shrink-0 scroll-thin gap-1.5 overflow-x-auto border-b border-line px-3 py-2"
    >
      {ids.map((id, at) => (
        <Chip key={id} id={id} at={at} on={id === chosen} onChoose={() => onChoose(id)} />
      ))}
    </nav>
  );
}

function Chip({ id, on, onChoose }: PieceProps) {
  const tile = useTileSession(id);
  const session = tile.kind === 'there' ? tile.session : null;
  return (
    <button
      type="button"
      aria-current={on ? 'true' : undefined}
      onClick={onChoose}
      className={cx(
        'touch-target flex h-8 max-w-44 shrink-0 items-center gap-2 rounded-full border px-3 text-12 font-medium',
        on ? 'border-line-2 bg-raised-2 text-text' : 'border-line-2 text-text-2',
      )}
    >
      {session && <StateGlyph kind={sessionStatus(session)} labelled />}
      <span className="truncate">
        {session?.name ?? (tile.kind === 'gone' ? t('grid.gone') : t('shell.session'))}
      </span>
    </button>
  );
}
