// Tiles of one size. Two rows fill the window; more are reached by scrolling, and only those in view are attached.
import type { SessionId } from '@roundhouse/protocol';
import { Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { t } from '../../lib/i18n/t.js';
import { withoutSession } from '../../lib/grid-set.js';
import { sessionsQuery } from '../../lib/query.js';
import { useQuery } from '@tanstack/react-query';
import { AddSession } from './add-session.js';
import { freePlaces, shapeOf } from './grid-layout.js';
import type { ArrangementProps } from './grid-page.js';
import type { GridLayout } from './grid-search.js';
import { useMedia } from '../terminal/use-media.js';
import { Tile } from './tile.js';
import { useGridKeys } from './use-grid-keys.js';
import { useTileOrder } from './use-tile-order.js';

export interface TileGridProps extends ArrangementProps {
  layout: Exclude<GridLayout, 'focus'>;
  onAdd: (id: SessionId) => void;
}

/** Below this width a third column is too narrow to read. */
const narrowQuery = '(max-width: 899px)';

export function TileGrid({ ids, onIds, screenReader, layout, onAdd }: TileGridProps) {
  const shape = shapeOf(layout, useMedia(narrowQuery));
  const grid = useRef<HTMLDivElement>(null);
  const [entering, setEntering] = useState<SessionId | null>(null);
  const [said, setSaid] = useState('');
  const { data } = useQuery(sessionsQuery);
  const nameOf = (id: SessionId): string =>
    data?.items.find((each) => each.id === id)?.name ?? t('shell.session');
  const order = useTileOrder(ids, shape.columns, (next, id) => {
    onIds(next);
    setSaid(t('grid.movedTo', { name: nameOf(id), n: next.indexOf(id) + 1, all: next.length }));
  });
  const tileAt = (at: number): Element | undefined => grid.current?.querySelectorAll('[data-tile]')[at];
  useGridKeys({
    tiles: ids.length,
    columns: shape.columns,
    onEnter(at) {
      tileAt(at)?.scrollIntoView({ block: 'nearest' });
      setEntering(ids[at] ?? null);
    },
    onHead: (at) => tileAt(at)?.querySelector<HTMLElement>('[data-first]')?.focus(),
  });
  const actions = {
    ...order,
    onRemove(id: SessionId) {
      onIds(withoutSession(ids, id));
      setSaid(t('grid.removed', { name: nameOf(id) }));
    },
  };
  return (
    <div
      ref={grid}
      onDrop={order.onDrop}
      className="grid min-h-0 flex-1 scroll-thin gap-2 overflow-y-auto p-2"
      style={{
        gridTemplateColumns: `repeat(${shape.columns}, minmax(0, 1fr))`,
        gridAutoRows: `max(180px, calc((100% - ${(shape.rows - 1) * 8}px) / ${shape.rows}))`,
      }}
    >
      {ids.map((id, at) => (
        <Tile
          key={id}
          id={id}
          at={at}
          alone={ids.length === 1}
          actions={actions}
          screenReader={screenReader}
          target={order.target === at}
          onDragOver={order.onDragOver}
          entering={entering === id}
          onEntered={() => setEntering(null)}
        />
      ))}
      {Array.from({ length: freePlaces(shape, ids.length) }, (_, free) => (
        <AddSession
          key={free}
          ids={ids}
          onAdd={onAdd}
          align="center"
          trigger={
            <button
              type="button"
              className="flex items-center justify-center gap-1.5 rounded-md border border-dashed border-line-2 text-12 font-medium text-text-3 hover:border-line-input hover:text-text-2"
            >
              <Plus className="size-3.5" aria-hidden="true" />
              {t('grid.addHere')}
            </button>
          }
        />
      ))}
      <p role="status" className="sr-only">
        {said}
      </p>
    </div>
  );
}
