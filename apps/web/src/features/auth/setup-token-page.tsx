// What setup shows without a valid link: where to find one, and a place to paste it.
import { routes } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { call } from '../../lib/api.js';
import { underBase } from '../../lib/base-path.js';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { Input } from '../../ui/input.js';
import { AuthHeading } from './auth-frame.js';
import { tokenIn } from './setup-token.js';

export function TokenNeeded({ expired, onToken }: { expired: boolean; onToken: (token: string) => void }) {
  const [text, setText] = useState('');
  const [bad, setBad] = useState(false);
  const status = useQuery({
    queryKey: ['setup-status'],
    queryFn: ({ signal }) => call(routes.auth.setupStatus, { signal }),
  });
  if (status.data?.required === false) return <SetupDone />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const token = tokenIn(text);
    setBad(token === null);
    if (token !== null) onToken(token);
  };
  return (
    <>
      <AuthHeading title={t(expired ? 'auth.tokenInvalid' : 'auth.tokenMissing')}>
        {t(expired ? 'auth.tokenInvalidHint' : 'auth.tokenMissingHint')}
      </AuthHeading>
      <pre className="mt-6 overflow-x-auto rounded-sm border border-line-2 bg-bg-sunken px-3 py-2.5 font-mono text-12 text-text-2">
        {`Setup link: ${location.origin}${underBase('/setup')}#token=…`}
      </pre>
      <form className="mt-6 grid gap-4" onSubmit={submit}>
        <Field label={t('auth.tokenPaste')} error={bad ? t('auth.tokenBad') : null}>
          {(control) => (
            <Input
              {...control}
              size="lg"
              mono
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" size="lg" block>
          {t('auth.tokenUse')}
        </Button>
      </form>
    </>
  );
}

export function SetupDone() {
  return (
    <>
      <AuthHeading title={t('auth.setupDone')}>{t('auth.setupDoneHint')}</AuthHeading>
      <Button asChild variant="primary" size="lg" block className="mt-6">
        <Link to="/login">{t('auth.signIn')}</Link>
      </Button>
    </>
  );
}
