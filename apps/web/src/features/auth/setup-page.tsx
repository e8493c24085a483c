// First run: the link's token, then the administrator's account.
import { Lock } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../lib/api-error.js';
import { t } from '../../lib/i18n/t.js';
import { AuthFrame } from './auth-frame.js';
import { SetupForm } from './setup-form.js';
import { SetupDone, TokenNeeded } from './setup-token-page.js';
import { forgetToken, keepToken, takeToken } from './setup-token.js';

type Trouble = 'none' | 'invalid' | 'done';

export function SetupPage() {
  const [token, setToken] = useState(takeToken);
  const [trouble, setTrouble] = useState<Trouble>('none');

  /** True when the error is about the link, not about a field. */
  const onFailed = (error: unknown): boolean => {
    if (!(error instanceof ApiError)) return false;
    if (error.code === 'SETUP_DONE') setTrouble('done');
    else if (error.code === 'SETUP_TOKEN_INVALID') setTrouble('invalid');
    else return false;
    forgetToken();
    return true;
  };
  const useToken = (next: string): void => {
    keepToken(next);
    setToken(next);
    setTrouble('none');
  };
  const note = (
    <>
      <Lock aria-hidden="true" />
      {t('auth.setupNote')}
    </>
  );
  return (
    <AuthFrame note={note}>
      {trouble === 'done' ? (
        <SetupDone />
      ) : trouble === 'invalid' || token === null ? (
        <TokenNeeded expired={trouble === 'invalid'} onToken={useToken} />
      ) : null}
      {/* The form stays mounted, so that nothing typed is lost when a newer link is needed. */}
      {token !== null && (
        <div hidden={trouble !== 'none'}>
          <SetupForm token={token} onFailed={onFailed} />
        </div>
      )}
    </AuthFrame>
  );
}
