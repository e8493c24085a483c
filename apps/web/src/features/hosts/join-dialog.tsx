// Adds a host, or gives a known one a new join token: the command to run, and a live list of how far it has come.
import { routes, type HostId } from '@roundhouse/protocol';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { call } from '../../lib/api.js';
import { t } from '../../lib/i18n/t.js';
import { applyHost } from '../../lib/query.js';
import { openSpawn } from '../../lib/spawn-intent.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { ErrorNote } from '../../ui/error-note.js';
import { AddHostForm, type NewHost } from './add-host-form.js';
import { Checklist, useChecklist } from './checklist.js';
import { JoinCommand, type Join } from './join-command.js';
import { isReady } from './join-checklist.js';

/** A host with its fresh command. */
export type Joining = Join & Pick<NewHost, 'id' | 'name'>;

export interface JoinDialogProps {
  /** A known host with a new token; a new host is asked for when absent. */
  joining?: Joining;
  onClose: () => void;
}

export function JoinDialog({ joining: known, onClose }: JoinDialogProps) {
  const [joining, setJoining] = useState<Joining | null>(known ?? null);
  return joining === null ? (
    <AskDialog onAdded={setJoining} onClose={onClose} />
  ) : (
    <CommandDialog joining={joining} onRenewed={setJoining} onClose={onClose} />
  );
}

function AskDialog({ onAdded, onClose }: { onAdded: (host: NewHost) => void; onClose: () => void }) {
  const formId = useId();
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('hosts.addTitle')}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('ui.cancel')}
          </Button>
          <Button variant="primary" type="submit" form={formId} busy={busy}>
            {t('hosts.getCommand')}
          </Button>
        </>
      }
    >
      <AddHostForm formId={formId} onAdded={onAdded} onBusy={setBusy} />
    </Dialog>
  );
}

/** A new token for a host; its earlier unused one lapses. */
export async function newJoinToken(id: HostId, name: string): Promise<Joining> {
  const join = await call(routes.hosts.createJoinToken, { params: { id } });
  // Else the host, online with its old key, would look as if it had joined already. The token is shown only once:
  // it must not be lost when this second request fails.
  await call(routes.hosts.get, { params: { id } }).then(applyHost, () => undefined);
  return { ...join, id, name };
}

interface CommandDialogProps {
  joining: Joining;
  onRenewed: (joining: Joining) => void;
  onClose: () => void;
}

function CommandDialog({ joining, onRenewed, onClose }: CommandDialogProps) {
  const { id, name } = joining;
  const steps = useChecklist({ hostId: id, name });
  const renew = useMutation({ mutationFn: () => newJoinToken(id, name), onSuccess: onRenewed });
  const ready = isReady(steps);
  const connected = steps.some((step) => step.name === 'connected' && step.status === 'done');
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="wide"
      title={t('hosts.joinTitle', { name })}
      footerNote={t(connected ? 'hosts.provesKey' : 'hosts.joinsAlone')}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('hosts.close')}
          </Button>
          <Button
            variant={ready ? 'primary' : 'secondary'}
            disabled={!ready}
            onClick={() => {
              onClose();
              openSpawn({ hostId: id });
            }}
          >
            {t('hosts.spawnOn', { name })}
          </Button>
        </>
      }
    >
      {!connected && <JoinCommand join={joining} busy={renew.isPending} onNewToken={() => renew.mutate()} />}
      {renew.error !== null && <ErrorNote error={renew.error} />}
      <Checklist steps={steps} />
    </Dialog>
  );
}
