// The line that says what will run and where, made by the same code as the daemon's.
import { previewLine } from '@roundhouse/profiles';
import { t } from '../../lib/i18n/t.js';
import { CopyButton } from '../../ui/copy-button.js';
import type { Form } from './spawn-rules.js';

/** The command line of a form; null while no agent is chosen. */
export function willRun({ profile, mode, takesTask }: Form, task: string): string | null {
  if (profile === null) return null;
  const command =
    mode === 'resume' ? (profile.commands.resume ?? profile.commands.new) : profile.commands.new;
  return previewLine({ command, task, takesTask, taskArgs: profile.taskArgs ?? [] });
}

/** Where it will run. */
export function willRunIn({ project, worktree }: Form): string | null {
  if (project === null) return null;
  return worktree ? `.agent-worktrees/${project.name}/…` : project.path;
}

export function WillRun({ form, task }: { form: Form; task: string }) {
  const line = willRun(form, task);
  const place = willRunIn(form);
  return (
    <>
      <span className="shrink-0 text-12 text-text-3">{t('spawn.willRun')}</span>
      <span
        className="mono min-w-0 flex-1 truncate"
        title={[line, place].filter((part) => part !== null).join(' ')}
      >
        {line ?? '—'}
        {place !== null && line !== null && (
          <>
            {' '}
            <span className="font-ui text-12 text-text-3">{t('spawn.in')}</span>{' '}
            <span className="text-text-2">{place}</span>
          </>
        )}
      </span>
      {line !== null && <CopyButton text={line} label={t('spawn.copyCommand')} iconOnly />}
    </>
  );
}
