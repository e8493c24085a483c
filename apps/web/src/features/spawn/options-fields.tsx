// Preset, model, permission mode, extra words and variables of a session; closed until somebody wants them.
import type { HostProfile } from '@roundhouse/protocol';
import { ChevronRight, ShieldAlert } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import { t, type PlainKey } from '../../lib/i18n/t.js';
import { Callout } from '../../ui/banner.js';
import { Checkbox } from '../../ui/checkbox.js';
import { Field } from '../../ui/field.js';
import { Input } from '../../ui/input.js';
import { Select, type SelectOption } from '../../ui/select.js';
import { Textarea } from '../../ui/textarea.js';
import { limitNames, type OptionDraft } from './option-rules.js';
import type { Form } from './spawn-rules.js';

export interface OptionsFieldsProps {
  form: Form;
  draft: OptionDraft;
  confirm: string;
  /** The name of the project has to be typed. */
  asked: boolean;
  errors: Readonly<Record<string, string>>;
  onChange: (change: Partial<OptionDraft>) => void;
  onConfirm: (typed: string) => void;
}

export function OptionsFields(props: OptionsFieldsProps) {
  const { form, draft } = props;
  const [open, setOpen] = useState(false);
  const id = useId();
  // What is wrong or has to be confirmed must not stay hidden.
  const wrong = Object.keys(props.errors).some((field) => field.startsWith('options.'));
  const shown = open || wrong || props.asked;
  const { profile } = form;
  if (profile === null) return null;
  return (
    <div className="grid gap-3">
      <button
        type="button"
        aria-expanded={shown}
        aria-controls={id}
        onClick={() => setOpen(!shown)}
        className="touch-target flex min-w-0 items-center gap-2 justify-self-start rounded-xs text-left text-text-2 hover:text-text"
      >
        <ChevronRight
          className={shown ? 'size-3.5 shrink-0 rotate-90' : 'size-3.5 shrink-0'}
          aria-hidden="true"
        />
        <span className="font-medium">{t('spawn.options')}</span>
        <span className="min-w-0 truncate text-12 text-text-3">{summary(draft, profile)}</span>
      </button>
      {shown && (
        <div id={id} className="grid gap-3">
          <Choices {...props} profile={profile} />
          {props.asked && <Confirm {...props} />}
          <Extras {...props} />
        </div>
      )}
    </div>
  );
}

/** What was chosen, or what can be. */
function summary(draft: OptionDraft, profile: HostProfile): string {
  const { preset, model, permissionMode, args, env } = draft;
  const { presets = [], modes = [], takesModel = false } = profile;
  const chosen = [
    presets.find(({ name }) => name === preset)?.displayName ?? '',
    takesModel ? model.trim() : '',
    modes.find(({ name }) => name === permissionMode)?.displayName ?? '',
    args.trim() === '' ? '' : t('spawn.args'),
    env.trim() === '' ? '' : t('spawn.env'),
    limitNames.some((name) => draft[name].trim() !== '') ? t('spawn.limits') : '',
  ];
  const said = chosen.filter((part) => part !== '').join(', ');
  return said === '' ? t('spawn.optionsHint') : said;
}

function Choices({ profile, draft, errors, onChange }: OptionsFieldsProps & { profile: HostProfile }) {
  const none: SelectOption<string> = { value: '', label: t('spawn.agentDefault') };
  const { presets = [], modes = [], models = [], takesModel = false } = profile;
  const listId = useId();
  return (
    <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
      {presets.length > 0 && (
        <Field label={t('spawn.preset')} error={errors['options.preset']}>
          {(control) => (
            <Select
              {...control}
              value={draft.preset}
              onValueChange={(preset) => onChange({ preset })}
              options={[
                none,
                ...presets.map(({ name, displayName }) => ({ value: name, label: displayName })),
              ]}
            />
          )}
        </Field>
      )}
      {takesModel && (
        <Field label={t('spawn.model')} error={errors['options.model']}>
          {(control) => (
            <>
              <Input
                {...control}
                mono
                list={listId}
                placeholder={t('spawn.agentDefault')}
                value={draft.model}
                onChange={(event) => onChange({ model: event.target.value })}
              />
              <datalist id={listId}>
                {models.map((model) => (
                  <option key={model} value={model} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      )}
      {modes.length > 0 && (
        <Field label={t('spawn.permissionMode')} error={errors['options.permissionMode']}>
          {(control) => (
            <Select
              {...control}
              value={draft.permissionMode}
              onValueChange={(permissionMode) => onChange({ permissionMode })}
              options={[none, ...modes.map(modeOption)]}
            />
          )}
        </Field>
      )}
    </div>
  );
}

type Mode = NonNullable<HostProfile['modes']>[number];

const modeOption = ({ name, displayName, allowed }: Mode): SelectOption<string> => ({
  value: name,
  label: allowed ? displayName : t('spawn.modeNotAllowed', { mode: displayName }),
  disabled: !allowed,
});

function Extras({ form, draft, errors, onChange }: OptionsFieldsProps) {
  const lines = (name: 'args' | 'env', label: PlainKey, hint: ReactNode) => (
    <Field label={t(label)} hint={hint} error={errorOf(errors, name)}>
      {(control) => (
        <Textarea
          {...control}
          className="mono"
          rows={2}
          spellCheck={false}
          value={draft[name]}
          onChange={(event) => onChange({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <>
      <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
        {lines('args', 'spawn.args', t('spawn.argsHint'))}
        {lines('env', 'spawn.env', t('spawn.envHint'))}
      </div>
      <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
        {limitNames.map((name) => (
          <Field
            key={name}
            label={t(`spawn.limit.${name}`)}
            {...(name === 'memoryMb' ? { hint: t('spawn.limitHint') } : {})}
            error={errors[`options.limits.${name}`]}
          >
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                placeholder={t('spawn.limit.none')}
                value={draft[name]}
                onChange={(event) => onChange({ [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      {(form.profile?.fallback?.length ?? 0) > 0 && (
        <Checkbox
          checked={draft.fallback}
          onCheckedChange={(fallback) => onChange({ fallback })}
          label={t('spawn.fallback')}
          hint={t('spawn.fallbackHint', { names: form.profile?.fallback?.join(', ') ?? '' })}
        />
      )}
    </>
  );
}

/** The first error of the field or of one of its lines: `options.args[1]`, `options.env.NAME`. */
function errorOf(errors: Readonly<Record<string, string>>, name: string): string | undefined {
  const found = Object.entries(errors).find(([field]) => field.startsWith(`options.${name}`));
  return found && `${found[0].slice('options.'.length)}: ${found[1]}`;
}

/** What is asked now must not stand where nobody looks. */
const intoView = (element: HTMLElement | null): void => element?.scrollIntoView({ block: 'nearest' });

function Confirm({ form, confirm, errors, onConfirm }: OptionsFieldsProps) {
  const name = form.project?.path.split('/').at(-1) ?? '';
  return (
    <Callout icon={<ShieldAlert aria-hidden="true" />}>
      <div ref={intoView} className="grid scroll-my-4 gap-2">
        <p>{t('spawn.bypassText')}</p>
        <Field label={t('ui.typeToConfirm', { name })} error={errors['confirmBypass']}>
          {(control) => (
            <Input
              {...control}
              mono
              autoComplete="off"
              value={confirm}
              onChange={(event) => onConfirm(event.target.value)}
            />
          )}
        </Field>
      </div>
    </Callout>
  );
}
