// Whether a new conversation begins or an earlier one goes on, and which.
import { takesOptions } from '../../lib/takes-options.js';
import { t } from '../../lib/i18n/t.js';
import { RadioGroup } from '../../ui/radio-group.js';
import { ConversationField } from './conversation-field.js';
import type { Draft, Form } from './spawn-rules.js';

export interface ModeFieldsProps {
  form: Form;
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
}

export function ModeFields({ form, draft, onChange }: ModeFieldsProps) {
  const { host, project, profile } = form;
  return (
    <>
      <RadioGroup
        label={t('spawn.mode')}
        value={form.mode}
        onValueChange={(mode) => onChange({ mode })}
        options={[
          { value: 'new', label: t('spawn.new') },
          {
            value: 'resume',
            label: t('spawn.resume'),
            detail: t(form.worktree ? 'spawn.resumeNotInWorktree' : 'spawn.resumeDetail'),
            disabled: !form.canResume,
          },
        ]}
      />
      {form.mode === 'resume' && host && project && profile && takesOptions(profile) && (
        <ConversationField
          host={host}
          project={project.path}
          profile={profile.name}
          value={draft.conversation}
          onValueChange={(conversation) => onChange({ conversation })}
        />
      )}
    </>
  );
}
