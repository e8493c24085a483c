// Where the session runs: host and project.
import {
  hasEnded,
  routes,
  type Host,
  type HostId,
  type ProjectInfo,
  type Session,
} from '@roundhouse/protocol';
import { FolderGit2, RefreshCw, Split } from 'lucide-react';
import { useMutation } from '@tanstack/react-query';
import { call } from '../../lib/api.js';
import { t, tn } from '../../lib/i18n/t.js';
import { applyHost } from '../../lib/query.js';
import { Combobox, type ComboboxOption } from '../../ui/combobox.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Field } from '../../ui/field.js';
import { Spinner } from '../../ui/spinner.js';
import { StateGlyph, statusWord } from '../../ui/state-glyph.js';
import { orderedProjects } from './spawn-rules.js';

/** A large tree on a slow disk takes its time. */
const RESCAN_TIMEOUT_MS = 60_000;

export interface HostFieldProps {
  hosts: readonly Host[];
  sessions: readonly Session[];
  value: Host | null;
  onValueChange: (id: HostId) => void;
  error: string | undefined;
}

export function HostField({ hosts, sessions, value, onValueChange, error }: HostFieldProps) {
  const options = hosts.map((host): ComboboxOption => {
    const running = sessions.filter((each) => each.hostId === host.id && !hasEnded(each.state)).length;
    const off = host.state !== 'online';
    return {
      value: host.id,
      label: host.name,
      icon: <StateGlyph kind={host.state} />,
      detail: off ? statusWord(host.state) : tn('spawn.hostSessions', running),
      disabled: off,
      disabledReason: statusWord(host.state),
    };
  });
  return (
    <Field label={t('spawn.host')} error={error}>
      {(control) => (
        <Combobox
          {...control}
          label={t('spawn.host')}
          placeholder={t('spawn.chooseHost')}
          options={options}
          value={value?.id ?? null}
          searchable={hosts.length > 8}
          empty={t('spawn.noHosts')}
          onValueChange={(id) => {
            const host = hosts.find((each) => each.id === id);
            if (host) onValueChange(host.id);
          }}
        />
      )}
    </Field>
  );
}

const optionOf = (project: ProjectInfo, names: ReadonlyMap<string, string>): ComboboxOption => {
  const { path, name, branch, worktreeOf } = project;
  const linked =
    worktreeOf === null ? null : t('spawn.worktreeMark', { name: names.get(worktreeOf) ?? worktreeOf });
  const Icon = worktreeOf === null ? FolderGit2 : Split;
  return {
    value: path,
    label: name,
    icon: (
      <Icon
        className={worktreeOf === null ? 'size-3.5 text-text-3' : 'ml-3 size-3.5 text-text-3'}
        aria-hidden="true"
      />
    ),
    detail: [linked, branch === null ? null : `⎇ ${branch}`, path].filter((part) => part !== null).join('  '),
  };
};

export interface ProjectFieldProps {
  host: Host | null;
  value: ProjectInfo | null;
  onValueChange: (path: string) => void;
  error: string | undefined;
}

export function ProjectField({ host, value, onValueChange, error }: ProjectFieldProps) {
  const rescan = useMutation({
    mutationFn: ({ id }: Host) => call(routes.hosts.rescan, { params: { id }, timeoutMs: RESCAN_TIMEOUT_MS }),
    onSuccess: applyHost,
  });
  const projects = host?.projects ?? [];
  const names = new Map(projects.map(({ path, name }) => [path, name]));
  return (
    <div className="grid min-w-0 content-start gap-2">
      <Field
        label={t('spawn.project')}
        error={error}
        aside={
          host?.state === 'online' && (
            <button
              type="button"
              disabled={rescan.isPending}
              onClick={() => rescan.mutate(host)}
              className="touch-target flex h-[17px] items-center gap-1 rounded-xs font-body hover:text-text"
            >
              {rescan.isPending ? <Spinner size={10} /> : <RefreshCw className="size-3" aria-hidden="true" />}
              {t('spawn.rescan')}
            </button>
          )
        }
      >
        {(control) => (
          <Combobox
            {...control}
            label={t('spawn.project')}
            placeholder={t('spawn.chooseProject')}
            options={orderedProjects(projects).map((project) => optionOf(project, names))}
            value={value?.path ?? null}
            loading={rescan.isPending || (host?.state === 'online' && host.scannedAt === null)}
            empty={t('spawn.noProjects')}
            monoDetail
            onValueChange={onValueChange}
          />
        )}
      </Field>
      {rescan.error !== null && <ErrorNote error={rescan.error} />}
    </div>
  );
}
