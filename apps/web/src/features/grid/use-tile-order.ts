// Moves tiles: by dragging a head onto another tile, or by arrow keys on its handle.
import type { SessionId } from '@roundhouse/protocol';
import { useState, type DragEvent, type KeyboardEvent } from 'react';
import { moved } from '../../lib/grid-set.js';
import { neighbour } from './grid-layout.js';

export interface TileOrder {
  /** Place that a dragged tile would take; null while none is dragged over another. */
  readonly target: number | null;
  readonly onDragStart: (event: DragEvent, id: SessionId) => void;
  readonly onDragOver: (event: DragEvent, at: number) => void;
  readonly onDrop: (event: DragEvent) => void;
  readonly onDragEnd: () => void;
  readonly onMoveKey: (event: KeyboardEvent, id: SessionId) => void;
}

interface Drag {
  readonly id: SessionId;
  readonly over: number | null;
}

export function useTileOrder(
  ids: readonly SessionId[],
  columns: number,
  onOrder: (ids: SessionId[], id: SessionId) => void,
): TileOrder {
  const [drag, setDrag] = useState<Drag | null>(null);
  const place = (id: SessionId, to: number): void => {
    if (to !== ids.indexOf(id)) onOrder(moved(ids, id, to), id);
  };
  return {
    target: drag === null || drag.over === ids.indexOf(drag.id) ? null : drag.over,
    onDragStart(event, id) {
      event.dataTransfer.effectAllowed = 'move';
      event.dataTransfer.setData('text/plain', '');
      setDrag({ id, over: null });
    },
    onDragOver(event, at) {
      if (drag === null) return;
      event.preventDefault();
      if (drag.over !== at) setDrag({ ...drag, over: at });
    },
    onDrop(event) {
      if (drag === null) return;
      event.preventDefault();
      if (drag.over !== null) place(drag.id, drag.over);
      setDrag(null);
    },
    onDragEnd: () => setDrag(null),
    onMoveKey(event, id) {
      if (!event.key.startsWith('Arrow')) return;
      event.preventDefault();
      event.stopPropagation();
      place(id, neighbour(event.key, ids.indexOf(id), ids.length, columns));
    },
  };
}
