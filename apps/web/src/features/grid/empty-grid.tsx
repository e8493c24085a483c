// The grid before it has a session.
import { hasEnded, type SessionId } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { Grid2x2, Plus } from 'lucide-react';
import { t, tn } from '../../lib/i18n/t.js';
import { gridMax } from '../../lib/grid-set.js';
import { sessionsQuery } from '../../lib/query.js';
import { openSpawn } from '../../lib/spawn-intent.js';
import { needRank, sessionStatus } from '../../lib/status.js';
import { Button } from '../../ui/button.js';
import { EmptyState } from '../../ui/empty-state.js';
import { AddSession } from './add-session.js';

export function EmptyGrid({ onIds }: { onIds: (ids: SessionId[]) => void }) {
  const { data } = useQuery(sessionsQuery);
  const running = (data?.items ?? [])
    .filter(({ state }) => !hasEnded(state))
    .toSorted((a, b) => needRank(sessionStatus(a)) - needRank(sessionStatus(b)))
    .map(({ id }) => id);
  return (
    <div className="grid min-h-0 flex-1 place-items-center overflow-auto">
      <EmptyState
        icon={<Grid2x2 aria-hidden="true" />}
        title={t('grid.empty')}
        action={
          <>
            <AddSession
              ids={[]}
              onAdd={(id) => onIds([id])}
              align="center"
              trigger={<Button icon={<Plus aria-hidden="true" />}>{t('grid.add')}</Button>}
            />
            {running.length > 0 && (
              <Button variant="primary" onClick={() => onIds(running.slice(0, gridMax))}>
                {tn('grid.addRunning', Math.min(gridMax, running.length))}
              </Button>
            )}
            {data && running.length === 0 && (
              <Button variant="primary" onClick={() => openSpawn()}>
                {t('shell.spawnSession')}
              </Button>
            )}
          </>
        }
      >
        {t('grid.emptyHint')}
      </EmptyState>
    </div>
  );
}
