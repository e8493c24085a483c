// What the tiles of a grid can ask it to do.
import type { SessionId } from '@roundhouse/protocol';
import type { DragEvent, KeyboardEvent } from 'react';

export interface TileActions {
  readonly onRemove: (id: SessionId) => void;
  /** An arrow key on the handle of a tile. */
  readonly onMoveKey: (event: KeyboardEvent, id: SessionId) => void;
  readonly onDragStart: (event: DragEvent, id: SessionId) => void;
  readonly onDragEnd: () => void;
}
