// Name and project folders of a new host. What was typed stays on any error.
import { hostNameSchema, routes, type RouteReply } from '@roundhouse/protocol';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { call } from '../../lib/api.js';
import { ApiError } from '../../lib/api-error.js';
import { t } from '../../lib/i18n/t.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Field } from '../../ui/field.js';
import { Input } from '../../ui/input.js';
import { Textarea } from '../../ui/textarea.js';

export type NewHost = RouteReply<typeof routes.hosts.create>;

/** Lines of the text area as paths, blanks left out. */
export const rootLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

interface Errors {
  name?: string;
  roots?: string;
}

export function checkHost(name: string, roots: string): Errors {
  const errors: Errors = {};
  if (name.trim() === '') errors.name = t('hosts.nameMissing');
  else if (!hostNameSchema.safeParse(name).success) errors.name = t('hosts.nameBad');
  const bad = rootLines(roots).find((path) => !path.startsWith('/'));
  if (bad !== undefined) errors.roots = t('hosts.rootsBad', { path: bad });
  return errors;
}

/** Errors of the hub that belong to a field. */
function fieldErrors(error: unknown): Errors {
  if (!(error instanceof ApiError)) return {};
  const { name } = error.fieldErrors;
  const root = Object.entries(error.fieldErrors).find(([field]) => field.startsWith('projectRoots'))?.[1];
  const taken = error.code === 'NAME_TAKEN' ? error.message : name;
  return { ...(taken === undefined ? {} : { name: taken }), ...(root === undefined ? {} : { roots: root }) };
}

export interface AddHostFormProps {
  /** Ties the form to its submit button elsewhere. */
  formId: string;
  onAdded: (host: NewHost) => void;
  onBusy: (busy: boolean) => void;
}

export function AddHostForm({ formId, onAdded, onBusy }: AddHostFormProps) {
  const [name, setName] = useState('');
  const [roots, setRoots] = useState('');
  const [errors, setErrors] = useState<Errors>({});
  const create = useMutation({
    mutationFn: () => {
      const projectRoots = rootLines(roots);
      return call(routes.hosts.create, {
        body: { name: name.trim(), ...(projectRoots.length > 0 ? { projectRoots } : {}) },
      });
    },
    onMutate: () => onBusy(true),
    onSettled: () => onBusy(false),
    onSuccess: onAdded,
    onError: (error) => setErrors(fieldErrors(error)),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = checkHost(name, roots);
    setErrors(found);
    if (Object.keys(found).length === 0 && !create.isPending) create.mutate();
  };
  const unplaced = create.error !== null && Object.keys(fieldErrors(create.error)).length === 0;
  return (
    <form id={formId} onSubmit={submit} noValidate className="grid gap-4">
      <p className="text-text-2">{t('hosts.addIntro')}</p>
      <Field label={t('hosts.name')} hint={t('hosts.nameHint')} error={errors.name}>
        {(control) => (
          <Input
            {...control}
            data-autofocus
            value={name}
            onChange={(event) => {
              setName(event.target.value);
              setErrors(({ name: _solved, ...rest }) => rest);
            }}
          />
        )}
      </Field>
      <Field
        label={t('hosts.roots')}
        aside={t('hosts.rootsOptional')}
        hint={t('hosts.rootsHint')}
        error={errors.roots}
      >
        {(control) => (
          <Textarea
            {...control}
            className="mono"
            placeholder="/home/me/src"
            spellCheck={false}
            value={roots}
            onChange={(event) => {
              setRoots(event.target.value);
              setErrors(({ roots: _solved, ...rest }) => rest);
            }}
          />
        )}
      </Field>
      {unplaced && <ErrorNote error={create.error} />}
    </form>
  );
}
