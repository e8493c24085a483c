// Whether the session gets a worktree of its own, why it does, and the trust that git needs for it.
import { ShieldQuestion } from 'lucide-react';
import { t, tn } from '../../lib/i18n/t.js';
import { Callout } from '../../ui/banner.js';
import { Checkbox } from '../../ui/checkbox.js';
import type { Draft, Form } from './spawn-rules.js';

export interface WorktreeFieldProps {
  form: Form;
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
}

function why({ worktree, others, project }: Form, chosen: boolean | null): string {
  const name = project?.name ?? '';
  if (worktree && others > 0 && chosen === null)
    return `${tn('spawn.worktreeBecause', others, { project: name })} ${t('spawn.worktreeOn')}`;
  if (worktree) return t('spawn.worktreeOn');
  return others > 0 ? tn('spawn.sharedWarning', others, { project: name }) : t('spawn.worktreeOff');
}

export function WorktreeField({ form, draft, onChange }: WorktreeFieldProps) {
  return (
    <div className="grid gap-3 border-t border-line pt-4">
      <Checkbox
        checked={form.worktree}
        onCheckedChange={(worktree) => onChange({ worktree })}
        disabled={form.project === null}
        label={t('spawn.worktree')}
        hint={why(form, draft.worktree)}
      />
      {form.needsTrust && (
        <Callout icon={<ShieldQuestion aria-hidden="true" />}>
          <Checkbox
            checked={draft.trust}
            onCheckedChange={(trust) => onChange({ trust })}
            label={t('spawn.trust', { project: form.project?.name ?? '' })}
            hint={t('spawn.trustHint')}
          />
        </Callout>
      )}
    </div>
  );
}
