// One tile at a time: large, the others in a strip. On a phone the only arrangement.
import type { SessionId } from '@roundhouse/protocol';
import { useState } from 'react';
import { withoutSession } from '../../lib/grid-set.js';
import { useKeyboardInset } from '../terminal/use-keyboard-inset.js';
import type { ArrangementProps } from './grid-page.js';
import { ChipStrip, SideStrip } from './strip.js';
import { Tile } from './tile.js';
import { useGridKeys } from './use-grid-keys.js';
import { useTileOrder } from './use-tile-order.js';

export function FocusGrid({ ids, onIds, screenReader, phone }: ArrangementProps & { phone: boolean }) {
  const [wish, setWish] = useState<SessionId | null>(null);
  const [entering, setEntering] = useState<SessionId | null>(null);
  const inset = useKeyboardInset();
  const order = useTileOrder(ids, 1, onIds);
  const at = Math.max(0, wish === null ? 0 : ids.indexOf(wish));
  const chosen = ids[at];
  const enter = (place: number): void => {
    const id = ids[place];
    if (id === undefined) return;
    setWish(id);
    setEntering(id);
  };
  // Its arrows lead through the strip.
  useGridKeys({ tiles: ids.length, columns: 1, onEnter: enter, onHead: enter });
  if (chosen === undefined) return null;
  const strip = { ids, chosen, onChoose: (id: SessionId) => setWish(id) };
  return (
    <div
      className={phone ? 'flex min-h-0 flex-1 flex-col' : 'flex min-h-0 flex-1 gap-2 p-2'}
      style={{ paddingBottom: phone ? inset : undefined }}
      onDrop={order.onDrop}
    >
      {phone && ids.length > 1 && <ChipStrip {...strip} />}
      <div className="grid min-h-0 min-w-0 flex-1">
        <Tile
          key={chosen}
          id={chosen}
          at={at}
          alone
          flat={phone}
          actions={{ ...order, onRemove: (id) => onIds(withoutSession(ids, id)) }}
          screenReader={screenReader}
          target={false}
          onDragOver={order.onDragOver}
          entering={entering === chosen}
          onEntered={() => setEntering(null)}
        />
      </div>
      {!phone && ids.length > 1 && <SideStrip {...strip} />}
    </div>
  );
}
