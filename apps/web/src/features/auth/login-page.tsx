// Sign in. After failures the hub throttles: the page counts the time down and keeps what was typed.
import { routes } from '@roundhouse/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Navigate, useRouter } from '@tanstack/react-router';
import { useRef, useState, type FormEvent } from 'react';
import { call } from '../../lib/api.js';
import { ApiError } from '../../lib/api-error.js';
import { underBase } from '../../lib/base-path.js';
import { t } from '../../lib/i18n/t.js';
import { meQuery, setSignedIn } from '../../lib/query.js';
import { Button } from '../../ui/button.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Field } from '../../ui/field.js';
import { Input, PasswordInput } from '../../ui/input.js';
import { AuthFrame, AuthHeading } from './auth-frame.js';
import { ThrottleNote, useThrottle } from './throttle.js';

export function LoginPage({ next }: { next: string | undefined }) {
  const { data } = useQuery(meQuery);
  if (data?.kind === 'setup') return <Navigate to="/setup" replace />;
  return (
    <AuthFrame>
      <AuthHeading title={t('auth.loginTitle')}>
        {t(next === undefined ? 'auth.loginIntro' : 'auth.expired')}
      </AuthHeading>
      <LoginForm next={next} signedIn={data?.kind === 'in'} />
    </AuthFrame>
  );
}

function LoginForm({ next, signedIn }: { next: string | undefined; signedIn: boolean }) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState(false);
  const passwordRef = useRef<HTMLInputElement>(null);
  const throttle = useThrottle();
  const router = useRouter();
  const login = useMutation({
    mutationFn: () => call(routes.auth.login, { body: { username: username.trim(), password } }),
    onSuccess: (me) => {
      setSignedIn(me);
      router.history.replace(underBase(next ?? '/'));
    },
    onError: (error) => {
      throttle.note(error);
      passwordRef.current?.select();
    },
  });
  if (signedIn && !login.isSuccess) return <Navigate to={next ?? '/'} replace />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const incomplete = username.trim() === '' || password === '';
    setMissing(incomplete);
    if (!incomplete && !throttle.active) login.mutate();
  };
  const { error } = login;
  const throttled = error instanceof ApiError && error.code === 'LOGIN_THROTTLED';
  return (
    <form onSubmit={submit} noValidate className="mt-6 grid gap-4">
      <Field
        label={t('auth.username')}
        error={missing && username.trim() === '' ? t('auth.usernameMissing') : null}
      >
        {(control) => (
          <Input
            {...control}
            size="lg"
            autoFocus
            autoComplete="username"
            autoCapitalize="none"
            value={username}
            onChange={(event) => setUsername(event.target.value)}
          />
        )}
      </Field>
      <Field label={t('auth.password')} error={missing && password === '' ? t('auth.passwordMissing') : null}>
        {(control) => (
          <PasswordInput
            {...control}
            ref={passwordRef}
            size="lg"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      {throttle.active ? (
        <ThrottleNote until={throttle.until} />
      ) : (
        error && !throttled && <ErrorNote error={error} />
      )}
      <Button
        type="submit"
        variant="primary"
        size="lg"
        block
        busy={login.isPending}
        disabled={throttle.active}
        keys={['⏎']}
        className="mt-2"
      >
        {t('auth.signIn')}
      </Button>
    </form>
  );
}
