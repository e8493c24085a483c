// Adds a budget. What was typed stays on any error.
import { budgetActions, budgetPeriods, budgetScopes, routes } from '@roundhouse/protocol';
import { useMutation } from '@tanstack/react-query';
import { useId, useState, type FormEvent } from 'react';
import { call } from '../../lib/api.js';
import { t } from '../../lib/i18n/t.js';
import { queryClient } from '../../lib/query.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Field } from '../../ui/field.js';
import { Input } from '../../ui/input.js';
import { Select } from '../../ui/select.js';
import { checkBudget, emptyDraft, termsOf, type BudgetDraft, type BudgetErrors } from './budget-draft.js';
import { budgetsQuery, useBudgetNames } from './budget-queries.js';

export function BudgetDialog({ onClose }: { onClose: () => void }) {
  const formId = useId();
  const [draft, setDraft] = useState(emptyDraft);
  const [errors, setErrors] = useState<BudgetErrors>({});
  const add = useMutation({
    mutationFn: () => call(routes.budgets.create, { body: termsOf(draft) }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: budgetsQuery.queryKey });
      onClose();
    },
  });
  const change = (next: Partial<BudgetDraft>): void => {
    setDraft({ ...draft, ...next });
    setErrors({});
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = checkBudget(draft);
    setErrors(found);
    if (Object.keys(found).length === 0 && !add.isPending) add.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="narrow"
      title={t('usage.budget.addTitle')}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('ui.cancel')}
          </Button>
          <Button variant="primary" type="submit" form={formId} busy={add.isPending}>
            {t('usage.budget.add')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} noValidate className="grid gap-4">
        <ScopeFields draft={draft} errors={errors} onChange={change} />
        <LimitFields draft={draft} errors={errors} onChange={change} />
        <Field label={t('usage.budget.action')} hint={t(`usage.budget.actionHint.${draft.action}`)}>
          {(control) => (
            <Select
              {...control}
              value={draft.action}
              onValueChange={(action) => change({ action })}
              options={budgetActions.map((value) => ({ value, label: t(`usage.budget.action.${value}`) }))}
            />
          )}
        </Field>
        {add.error !== null && <ErrorNote error={add.error} />}
      </form>
    </Dialog>
  );
}

interface PartProps {
  draft: BudgetDraft;
  errors: BudgetErrors;
  onChange: (change: Partial<BudgetDraft>) => void;
}

function ScopeFields({ draft: { scope, scopeKey, period }, errors, onChange }: PartProps) {
  const names = useBudgetNames()[scope];
  const choices = [...names]
    .map(([value, label]) => ({ value, label }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
  return (
    <>
      <Field label={t('usage.budget.scope')}>
        {(control) => (
          <Select
            {...control}
            value={scope}
            onValueChange={(next) => onChange({ scope: next, scopeKey: '' })}
            options={budgetScopes.map((value) => ({ value, label: t(`usage.budget.scope.${value}`) }))}
          />
        )}
      </Field>
      {scope !== 'all' && (
        <Field label={t(`usage.budget.key.${scope}`)} error={errors.scopeKey}>
          {(control) => (
            <Select
              {...control}
              value={scopeKey}
              onValueChange={(next) => onChange({ scopeKey: next })}
              options={[{ value: '', label: t('usage.budget.choose') }, ...choices]}
            />
          )}
        </Field>
      )}
      <Field
        label={t('usage.budget.period')}
        hint={period === 'session' ? undefined : t('usage.budget.periodHint')}
      >
        {(control) => (
          <Select
            {...control}
            value={period}
            onValueChange={(next) => onChange({ period: next })}
            options={budgetPeriods.map((value) => ({ value, label: t(`usage.budget.period.${value}`) }))}
          />
        )}
      </Field>
    </>
  );
}

function LimitFields({ draft: { dollars, tokens }, errors, onChange }: PartProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={t('usage.budget.dollars')} hint={t('usage.budget.dollarsHint')} error={errors.dollars}>
        {(control) => (
          <Input
            {...control}
            inputMode="decimal"
            placeholder="5.00"
            value={dollars}
            onChange={({ target }) => onChange({ dollars: target.value })}
          />
        )}
      </Field>
      <Field label={t('usage.budget.tokens')} hint={t('usage.budget.tokensHint')} error={errors.tokens}>
        {(control) => (
          <Input
            {...control}
            placeholder="2M"
            value={tokens}
            onChange={({ target }) => onChange({ tokens: target.value })}
          />
        )}
      </Field>
    </div>
  );
}
