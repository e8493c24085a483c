// The key by which a machine proves itself: since when, replaced now, or revoked.
import { routes, type Host } from '@roundhouse/protocol';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../lib/api.js';
import { t } from '../../lib/i18n/t.js';
import { applyHost } from '../../lib/query.js';
import { Button } from '../../ui/button.js';
import { ConfirmDialog } from '../../ui/confirm-dialog.js';
import { Dialog } from '../../ui/dialog.js';
import { ErrorNote } from '../../ui/error-note.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { toast } from '../../ui/toast.js';
import './words.js';

export function HostKeyAge({ host: { hasKey, keySince } }: { host: Host }) {
  if (!hasKey) return t('hosts.keyNone');
  if (keySince === null) return t('hosts.keyUndated');
  return (
    <>
      {t('hosts.keySince')} <RelativeTime at={keySince} />
    </>
  );
}

export function HostKeyDialog({ host, onClose }: { host: Host; onClose: () => void }) {
  const [revoking, setRevoking] = useState(false);
  const params = { id: host.id };
  const rotate = useMutation({
    mutationFn: () => call(routes.hosts.rotateKey, { params }),
    onSuccess: (changed) => {
      applyHost(changed);
      toast.done(t('hosts.keyReplaced', { name: host.name }));
      onClose();
    },
  });
  const revoke = async (): Promise<void> => {
    applyHost(await call(routes.hosts.revokeKey, { params }));
    toast.done(t('hosts.keyRevoked', { name: host.name }));
  };
  if (revoking)
    return (
      <ConfirmDialog
        open
        onOpenChange={onClose}
        title={t('hosts.keyRevokeTitle', { name: host.name })}
        description={t('hosts.keyRevokeText')}
        confirmLabel={t('hosts.keyRevoke')}
        onConfirm={revoke}
      />
    );
  const canReplace = host.hasKey && host.state === 'online';
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="narrow"
      title={t('hosts.keyTitle', { name: host.name })}
      description={t('hosts.keyText')}
      footerNote={
        <Button variant="danger" disabled={!host.hasKey} onClick={() => setRevoking(true)}>
          {t('hosts.keyRevoke')}
        </Button>
      }
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('ui.close')}
          </Button>
          <Button
            variant="primary"
            disabled={!canReplace}
            busy={rotate.isPending}
            onClick={() => rotate.mutate()}
          >
            {t('hosts.keyReplace')}
          </Button>
        </>
      }
    >
      <p className="text-12 text-text-2">
        <HostKeyAge host={host} />
        {host.hasKey && !canReplace && ` · ${t('hosts.keyOffline')}`}
      </p>
      {rotate.error !== null && <ErrorNote error={rotate.error} />}
    </Dialog>
  );
}
