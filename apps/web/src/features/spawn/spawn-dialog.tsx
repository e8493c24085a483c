// The spawn dialog. Two fields are enough; what was filled in stays on any failure.
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { useId, useState, type FormEvent, type KeyboardEvent } from 'react';
import { ApiError } from '../../lib/api-error.js';
import { t, type PlainKey } from '../../lib/i18n/t.js';
import { hostsQuery, sessionsQuery } from '../../lib/query.js';
import { takesOptions } from '../../lib/takes-options.js';
import { keyCaps } from '../../lib/shortcuts.js';
import { closeSpawn, type SpawnPreset } from '../../lib/spawn-intent.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Field } from '../../ui/field.js';
import { Input } from '../../ui/input.js';
import { Textarea } from '../../ui/textarea.js';
import { AgentPicker } from './agent-picker.js';
import { readLastChoice } from './last-choice.js';
import { ModeFields } from './mode-fields.js';
import { OptionsFields } from './options-fields.js';
import { HostField, ProjectField } from './place-fields.js';
import { Preflight, usePreflight } from './preflight.js';
import { bodyOf, emptyDraft, formOf, type Draft, type Form } from './spawn-rules.js';
import { sizeFor, type Size } from './terminal-size.js';
import { useSpawn } from './use-spawn.js';
import { WillRun } from './will-run.js';
import { WorktreeField } from './worktree-field.js';
import './words.js';

/** Fields with a place of their own for an error. */
const placed = ['hostId', 'project', 'profile', 'task', 'name', 'baseBranch', 'confirmBypass'];
const isPlaced = (field: string): boolean => placed.includes(field) || field.startsWith('options.');

/** A conversation and a confirmation belong to what they were chosen for. */
const movesOn = (next: Partial<Draft>): boolean =>
  ['hostId', 'project', 'profile'].some((key) => key in next);
const afresh: Partial<Draft> = { conversation: null, confirm: '' };

export function SpawnDialog({ preset }: { preset: SpawnPreset }) {
  const hosts = useQuery(hostsQuery);
  const sessions = useQuery(sessionsQuery);
  const navigate = useNavigate();
  const formId = useId();
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const [last] = useState(readLastChoice);
  const [size] = useState(() => sizeFor(window.innerWidth, window.innerHeight));
  const spawn = useSpawn(({ id }) => {
    closeSpawn();
    void navigate({ to: '/sessions/$id', params: { id } });
  });
  const world = { hosts: hosts.data?.items ?? [], sessions: sessions.data?.items ?? [], last, preset };
  const form = formOf(draft, world);
  const body = bodyOf(draft, form, size, preset);
  const preflight = usePreflight(body);
  const asked = preflight.checks.some(({ confirm }) => confirm === true) || draft.confirm !== '';
  const change = (next: Partial<Draft>): void =>
    setDraft((now) => ({ ...now, ...(movesOn(next) ? afresh : {}), ...next }));
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    if (body !== null && !spawn.isPending) spawn.mutate(body);
  };
  const errors = spawn.error instanceof ApiError ? spawn.error.fieldErrors : {};
  return (
    <Dialog
      open
      onOpenChange={closeSpawn}
      title={t('spawn.title')}
      strip={<WillRun form={form} task={draft.task} />}
      footerNote={hosts.data && missingText(form)}
      footer={
        <>
          <Button variant="ghost" onClick={closeSpawn}>
            {t('ui.cancel')}
          </Button>
          <Button
            variant="primary"
            type="submit"
            form={formId}
            busy={spawn.isPending}
            disabled={body === null}
            keys={keyCaps('mod+enter')}
          >
            {t('spawn.submit')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        onSubmit={submit}
        onKeyDown={(event) => isSubmit(event) && submit()}
        noValidate
        className="grid min-w-0 gap-4"
      >
        <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
          <HostField
            hosts={world.hosts}
            sessions={world.sessions}
            value={form.host}
            onValueChange={(hostId) => change({ hostId, project: null, trust: false })}
            error={errors['hostId']}
          />
          <ProjectField
            host={form.host}
            value={form.project}
            onValueChange={(project) => change({ project, worktree: null, trust: false })}
            error={errors['project']}
          />
        </div>
        <AgentFields form={form} draft={draft} errors={errors} onChange={change} />
        <WorktreeField form={form} draft={draft} onChange={change} />
        <Options form={form} draft={draft} errors={errors} asked={asked} onChange={change} />
        <Advanced form={form} draft={draft} errors={errors} size={size} onChange={change} />
        <Preflight {...preflight} trusting={draft.trust} />
        {spawn.error !== null && <SpawnError error={spawn.error} />}
        {hosts.error !== null && !hosts.data && <ErrorNote error={hosts.error} />}
      </form>
    </Dialog>
  );
}

const isSubmit = (event: KeyboardEvent): boolean => event.key === 'Enter' && (event.metaKey || event.ctrlKey);

function missingText({ missing, host }: Form): string | null {
  if (missing === null) return null;
  return missing === 'offline' ? t('spawn.need.online', { name: host?.name ?? '' }) : t(missing);
}

/** The error as a whole, and the fields that have no place of their own in this form. */
function SpawnError({ error }: { error: Error }) {
  const others =
    error instanceof ApiError ? Object.entries(error.fieldErrors).filter(([field]) => !isPlaced(field)) : [];
  return (
    <div className="grid gap-1">
      <ErrorNote error={error} />
      {others.map(([field, message]) => (
        <p key={field} className="text-12 text-danger">
          <span className="mono">{field}</span>: {message}
        </p>
      ))}
    </div>
  );
}

interface PartProps {
  form: Form;
  draft: Draft;
  errors: Readonly<Record<string, string>>;
  onChange: (change: Partial<Draft>) => void;
}

function AgentFields({ form, draft, errors, onChange }: PartProps) {
  const blocked = form.missing === 'offline' ? t('spawn.need.online', { name: form.host?.name ?? '' }) : null;
  return (
    <>
      <div className="grid min-w-0 gap-1.5">
        <span className="text-12 font-medium text-text-2" aria-hidden="true">
          {t('spawn.agent')}
        </span>
        <AgentPicker
          profiles={form.host?.profiles ?? []}
          value={form.profile?.name ?? null}
          onValueChange={(profile) => onChange({ profile })}
          blocked={blocked}
        />
        {errors['profile'] !== undefined && <p className="text-12 text-danger">{errors['profile']}</p>}
      </div>
      {form.takesTask && (
        <Field label={t('spawn.task')} aside={t('spawn.taskHint')} error={errors['task']}>
          {(control) => (
            <Textarea
              {...control}
              placeholder={t('spawn.taskPlaceholder')}
              value={draft.task}
              onChange={(event) => onChange({ task: event.target.value })}
            />
          )}
        </Field>
      )}
      {form.profile?.supportsResume === true && <ModeFields form={form} draft={draft} onChange={onChange} />}
    </>
  );
}

function Options({ form, draft, errors, asked, onChange }: PartProps & { asked: boolean }) {
  if (!takesOptions(form.profile)) return null;
  return (
    <OptionsFields
      form={form}
      draft={draft.options}
      confirm={draft.confirm}
      asked={asked || form.bypass}
      errors={errors}
      onChange={(next) => onChange({ options: { ...draft.options, ...next } })}
      onConfirm={(confirm) => onChange({ confirm })}
    />
  );
}

function Advanced({ form, draft, errors, size, onChange }: PartProps & { size: Size }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  // An error inside must not stay hidden.
  const shown = open || errors['name'] !== undefined || errors['baseBranch'] !== undefined;
  const text = (name: 'name' | 'baseBranch', label: PlainKey, hint: string, mono = false) => (
    <Field label={t(label)} hint={hint} error={errors[name]}>
      {(control) => (
        <Input
          {...control}
          mono={mono}
          value={draft[name]}
          onChange={(event) => onChange({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
  const branch = form.project?.branch ?? t('spawn.currentBranch');
  return (
    <div className="grid gap-3">
      <button
        type="button"
        aria-expanded={shown}
        aria-controls={id}
        onClick={() => setOpen(!shown)}
        className="touch-target flex items-center gap-2 justify-self-start rounded-xs text-text-2 hover:text-text"
      >
        <ChevronRight className={shown ? 'size-3.5 rotate-90' : 'size-3.5'} aria-hidden="true" />
        <span className="font-medium">{t('spawn.advanced')}</span>
        <span className="text-12 text-text-3">{t('spawn.advancedHint')}</span>
      </button>
      {shown && (
        <div id={id} className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
          {text('name', 'spawn.name', t('spawn.nameHint'))}
          {form.worktree &&
            text('baseBranch', 'spawn.baseBranch', t('spawn.baseBranchHint', { branch }), true)}
          <p className="text-12 text-text-3">
            <span className="font-medium text-text-2">{t('spawn.size')}</span>
            <br />
            {t('spawn.sizeValue', { ...size })}
          </p>
        </div>
      )}
    </div>
  );
}
