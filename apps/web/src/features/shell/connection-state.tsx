// The dot and word of the connection in the header, and the banner while it is down.
import { cx } from 'class-variance-authority';
import { useConnection, useDatabase, type Connection } from '../../lib/connection.js';
import { formatTime } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import { link } from '../../lib/socket.js';
import { Banner } from '../../ui/banner.js';
import { Button } from '../../ui/button.js';
import { HelpLink } from '../../ui/help-link.js';
import { Spinner } from '../../ui/spinner.js';

function word(state: Connection): string {
  switch (state.phase) {
    case 'connecting':
      return t('shell.connecting');
    case 'live':
      return t('shell.live');
    case 'reconnecting':
      return t('shell.reconnecting', { n: state.attempt });
    case 'offline':
      return t('shell.offline');
    case 'refused':
      return t('shell.refused');
  }
}

export function ConnectionState({ quietWhenLive = false }: { quietWhenLive?: boolean }) {
  const state = useConnection();
  const live = state.phase === 'live';
  const turning = state.phase === 'connecting' || state.phase === 'reconnecting';
  if (live && quietWhenLive) return null;
  return (
    <span
      role="status"
      className="mr-2 inline-flex shrink-0 items-center gap-1.5 text-12 text-text-3 max-sm:mr-0"
    >
      {turning ? (
        <Spinner size={10} />
      ) : (
        <span
          aria-hidden="true"
          className={cx(
            'size-1.5 rounded-full',
            live ? 'bg-ok shadow-[0_0_0_3px_var(--ok-soft)]' : 'border border-current',
          )}
        />
      )}
      {word(state)}
    </span>
  );
}

export function ConnectionBanner() {
  const state = useConnection();
  const { state: database, reason } = useDatabase();
  const again = (
    <Button size="sm" onClick={() => link.reconnect()}>
      {t('shell.reconnectNow')}
    </Button>
  );
  if (state.phase === 'reconnecting' || state.phase === 'offline')
    return (
      <Banner
        icon="offline"
        title={t(state.phase === 'offline' ? 'shell.bannerOffline' : 'shell.bannerReconnecting')}
        action={again}
      >
        {t('shell.bannerReconnectingHint', { time: formatTime(state.since) })}
      </Banner>
    );
  if (state.phase === 'refused')
    return (
      <Banner icon="alert" tone="danger" title={t('shell.bannerRefused')} action={again}>
        {state.message}. {state.hint} <HelpLink code={state.code} />
      </Banner>
    );
  if (database === 'down')
    return (
      <Banner icon="alert" tone="danger" title={t('shell.databaseDown')}>
        {t('shell.bannerDatabaseDown')}
      </Banner>
    );
  if (database === 'read-only')
    return (
      <Banner icon="alert" tone="danger" title={reason ?? t('shell.databaseReadOnly')}>
        {t('shell.bannerDatabaseReadOnly')}
      </Banner>
    );
  return null;
}
