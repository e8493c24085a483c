// The administrator's account: name, password with live strength, once more. What was typed stays on any error.
import { passwordMinLength, routes, usernameSchema } from '@roundhouse/protocol';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { call } from '../../lib/api.js';
import { ApiError } from '../../lib/api-error.js';
import { t } from '../../lib/i18n/t.js';
import { setSignedIn } from '../../lib/query.js';
import { Button } from '../../ui/button.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Field } from '../../ui/field.js';
import { Input, PasswordInput } from '../../ui/input.js';
import { AuthHeading } from './auth-frame.js';
import { PasswordMeter, StrengthWord } from './password-meter.js';
import { usePasswordVerdict, type PasswordVerdict } from './password-rules.js';

interface Draft {
  username: string;
  password: string;
  repeat: string;
}
type Errors = Partial<Record<keyof Draft, string>>;

function check(draft: Draft, verdict: PasswordVerdict): Errors {
  const name = usernameSchema.safeParse(draft.username);
  const errors: Errors = {};
  if (draft.username.trim() === '') errors.username = t('auth.usernameMissing');
  else if (!name.success) errors.username = t('auth.usernameBad');
  if (!verdict.longEnough) errors.password = t('auth.passwordShort', { n: passwordMinLength });
  else if (verdict.hardToGuess === false) errors.password = t('auth.passwordGuessable');
  else if (!verdict.notTheName) errors.password = t('auth.passwordHasName');
  if (draft.repeat !== draft.password) errors.repeat = t('auth.mismatch');
  return errors;
}

/** Errors of the hub that belong to a field. */
function fieldErrors(error: unknown): Errors {
  if (!(error instanceof ApiError)) return {};
  if (error.code === 'PASSWORD_WEAK') return { password: error.fieldErrors['password'] ?? error.message };
  const { username, password } = error.fieldErrors;
  return { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
}

export interface SetupFormProps {
  token: string;
  /** True when the error is shown elsewhere. */
  onFailed: (error: unknown) => boolean;
}

export function SetupForm({ token, onFailed }: SetupFormProps) {
  const [draft, setDraft] = useState<Draft>({ username: '', password: '', repeat: '' });
  const [errors, setErrors] = useState<Errors>({});
  const verdict = usePasswordVerdict(draft.password, draft.username);
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () =>
      call(routes.auth.setup, { body: { token, username: draft.username.trim(), password: draft.password } }),
    onSuccess: async (me) => {
      setSignedIn(me);
      await navigate({ to: '/', replace: true });
    },
    onError: (error) => {
      if (!onFailed(error)) setErrors(fieldErrors(error));
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = check(draft, verdict);
    setErrors(found);
    if (Object.keys(found).length === 0) create.mutate();
  };
  const set = (name: keyof Draft) => (event: { target: { value: string } }) => {
    setDraft({ ...draft, [name]: event.target.value });
    setErrors(({ [name]: _solved, ...rest }) => rest);
  };
  const unplaced = create.error !== null && Object.keys(fieldErrors(create.error)).length === 0;
  return (
    <form onSubmit={submit} noValidate>
      <AuthHeading title={t('auth.setupTitle')}>{t('auth.setupIntro')}</AuthHeading>
      <div className="mt-6 grid gap-4">
        <Field label={t('auth.username')} error={errors.username}>
          {(control) => (
            <Input
              {...control}
              size="lg"
              autoFocus
              autoComplete="username"
              autoCapitalize="none"
              value={draft.username}
              onChange={set('username')}
            />
          )}
        </Field>
        <div className="grid gap-2">
          <Field
            label={t('auth.password')}
            aside={<StrengthWord score={verdict.score} />}
            error={errors.password}
          >
            {(control) => (
              <PasswordInput
                {...control}
                size="lg"
                autoComplete="new-password"
                value={draft.password}
                onChange={set('password')}
              />
            )}
          </Field>
          {draft.password !== '' && <PasswordMeter verdict={verdict} />}
        </div>
        <Field label={t('auth.repeat')} error={errors.repeat}>
          {(control) => (
            <PasswordInput
              {...control}
              size="lg"
              autoComplete="new-password"
              placeholder={t('auth.repeatHint')}
              value={draft.repeat}
              onChange={set('repeat')}
            />
          )}
        </Field>
        {unplaced && <ErrorNote error={create.error} />}
      </div>
      <Button
        type="submit"
        variant="primary"
        size="lg"
        block
        busy={create.isPending}
        keys={['⏎']}
        className="mt-6"
      >
        {t('auth.continue')}
      </Button>
    </form>
  );
}
