// Several sessions side by side, live. The address holds which and how; the route passes them in.
import type { SessionId } from '@roundhouse/protocol';
import { Accessibility, Plus } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { t } from '../../lib/i18n/t.js';
import { withSession } from '../../lib/grid-set.js';
import { Button } from '../../ui/button.js';
import { IconButton } from '../../ui/icon-button.js';
import { Page } from '../../ui/page.js';
import { Segmented } from '../../ui/segmented.js';
import { changeSettings, useTerminalSettings } from '../terminal/terminal-settings.js';
import { phoneQuery, useMedia } from '../terminal/use-media.js';
import { AddSession } from './add-session.js';
import { EmptyGrid } from './empty-grid.js';
import { gridLayouts, type GridLayout } from './grid-search.js';
import { TileGrid } from './tile-grid.js';

const FocusGrid = lazy(async () => ({ default: (await import('./focus-grid.js')).FocusGrid }));

export interface GridPageProps {
  ids: readonly SessionId[];
  onIds: (ids: SessionId[]) => void;
  layout: GridLayout;
  onLayout: (layout: GridLayout) => void;
}

/** What every arrangement of the tiles is given. */
export interface ArrangementProps {
  ids: readonly SessionId[];
  onIds: (ids: SessionId[]) => void;
  screenReader: boolean;
}

export function GridPage({ ids, onIds, layout, onLayout }: GridPageProps) {
  const phone = useMedia(phoneQuery);
  const { screenReader } = useTerminalSettings();
  const add = (id: SessionId): void => onIds(withSession(ids, id));
  const given = { ids, onIds, screenReader };
  return (
    <Page
      title={t('shell.grid')}
      flush
      meta={
        !phone && (
          <>
            <Segmented
              label={t('grid.layout')}
              value={layout}
              onValueChange={onLayout}
              options={gridLayouts.map((value) => ({ value, label: layoutWord(value) }))}
            />
            <IconButton
              size="sm"
              label={t('grid.screenReader')}
              pressed={screenReader}
              onClick={() => changeSettings({ screenReader: !screenReader })}
            >
              <Accessibility aria-hidden="true" />
            </IconButton>
          </>
        )
      }
      actions={
        <AddSession
          ids={ids}
          onAdd={add}
          align="end"
          trigger={
            <Button icon={<Plus aria-hidden="true" />} aria-label={t('grid.add')} className="max-sm:h-9">
              <span className="max-sm:hidden">{t('grid.add')}</span>
            </Button>
          }
        />
      }
    >
      {ids.length === 0 ? (
        <EmptyGrid onIds={onIds} />
      ) : phone || layout === 'focus' ? (
        <Suspense>
          <FocusGrid {...given} phone={phone} />
        </Suspense>
      ) : (
        <TileGrid {...given} layout={layout} onAdd={add} />
      )}
    </Page>
  );
}

const layoutWord = (layout: GridLayout): string =>
  layout === 'focus' ? t('grid.layoutFocus') : layout.replace('x', '×');
