// Budgets on the usage page: how far each is used; adding and removing them.
import { routes, type BudgetState } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../lib/api.js';
import { t } from '../../lib/i18n/t.js';
import { meQuery, queryClient } from '../../lib/query.js';
import { Button } from '../../ui/button.js';
import { Card, PanelHead } from '../../ui/card.js';
import { ConfirmDialog } from '../../ui/confirm-dialog.js';
import { ErrorState } from '../../ui/error-state.js';
import { Skeleton, SkeletonGroup } from '../../ui/skeleton.js';
import { BudgetDialog } from './budget-dialog.js';
import { budgetsQuery, useBudgetNames } from './budget-queries.js';
import { BudgetRow } from './budget-row.js';

export function BudgetsPanel() {
  const { data, error, isFetching, refetch } = useQuery(budgetsQuery);
  const { data: auth } = useQuery(meQuery);
  const may = auth?.kind === 'in' && auth.me.permissions.includes('budget.edit');
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<BudgetState | null>(null);
  const nameOf = useNameOf();
  return (
    <Card className="mt-3">
      <PanelHead
        title={<h2>{t('usage.budgets')}</h2>}
        end={
          may && (
            <Button size="sm" icon={<Plus aria-hidden="true" />} onClick={() => setAdding(true)}>
              {t('usage.budget.add')}
            </Button>
          )
        }
      />
      {data ? (
        <List items={data.items} nameOf={nameOf} onRemove={may ? setRemoving : null} />
      ) : error ? (
        <ErrorState error={error} busy={isFetching} onRetry={() => void refetch()} />
      ) : (
        <SkeletonGroup className="px-4 py-3">
          <Skeleton className="h-10" />
        </SkeletonGroup>
      )}
      {adding && <BudgetDialog onClose={() => setAdding(false)} />}
      {removing && (
        <ConfirmDialog
          open
          onOpenChange={() => setRemoving(null)}
          title={t('usage.budget.removeTitle', { name: nameOf(removing) })}
          description={t('usage.budget.removeText')}
          confirmLabel={t('usage.budget.remove')}
          onConfirm={() => remove(removing)}
        />
      )}
    </Card>
  );
}

async function remove({ id }: BudgetState): Promise<void> {
  await call(routes.budgets.remove, { params: { id } });
  await queryClient.invalidateQueries({ queryKey: budgetsQuery.queryKey });
}

function useNameOf(): (budget: BudgetState) => string {
  const names = useBudgetNames();
  return ({ scope, scopeKey }) => {
    if (scopeKey === null) return t('usage.budget.scope.all');
    return t(`usage.budget.nameOf.${scope}`, { name: names[scope].get(scopeKey) ?? scopeKey });
  };
}

interface ListProps {
  items: readonly BudgetState[];
  nameOf: (budget: BudgetState) => string;
  onRemove: ((budget: BudgetState) => void) | null;
}

function List({ items, nameOf, onRemove }: ListProps) {
  if (items.length === 0) return <p className="px-4 py-3 text-text-2">{t('usage.budget.none')}</p>;
  return (
    <ul>
      {items.map((budget) => (
        <BudgetRow
          key={budget.id}
          budget={budget}
          name={nameOf(budget)}
          onRemove={onRemove && (() => onRemove(budget))}
        />
      ))}
    </ul>
  );
}
