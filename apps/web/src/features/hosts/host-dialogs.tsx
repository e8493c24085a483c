// The dialogs of the hosts feature; mounted once by each page that offers its actions.
import { hasEnded, hostNameSchema, routes, type Host, type ProjectInfo } from '@roundhouse/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useRef, useState, type FormEvent } from 'react';
import { call } from '../../lib/api.js';
import { t, tn } from '../../lib/i18n/t.js';
import { applyHost, hostsQuery, liveCache, queryClient, sessionsQuery } from '../../lib/query.js';
import { Callout } from '../../ui/banner.js';
import { Button } from '../../ui/button.js';
import { ConfirmDialog } from '../../ui/confirm-dialog.js';
import { Dialog } from '../../ui/dialog.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Field } from '../../ui/field.js';
import { Input } from '../../ui/input.js';
import { toast } from '../../ui/toast.js';
import { closeHostAsk, useHostAsk } from './host-ask.js';
import { HostKeyDialog } from './host-key.js';
import { JoinDialog, newJoinToken, type Joining } from './join-dialog.js';
import './words.js';

export function HostDialogs() {
  const ask = useHostAsk();
  const { data } = useQuery(hostsQuery);
  if (ask === null) return null;
  const onClose = (): void => closeHostAsk(ask);
  if (ask.what === 'add') return <JoinDialog onClose={onClose} />;
  // As it is now: it may have come or gone since.
  const host = data?.items.find(({ id }) => id === ask.host.id) ?? ask.host;
  switch (ask.what) {
    case 'rename':
      return <RenameDialog host={host} onClose={onClose} />;
    case 'delete':
      return <DeleteDialog host={host} onClose={onClose} />;
    case 'token':
      return <TokenDialog host={host} onClose={onClose} />;
    case 'key':
      return <HostKeyDialog host={host} onClose={onClose} />;
    case 'trust':
      return <TrustDialog host={host} project={ask.project} onClose={onClose} />;
  }
}

interface HostDialogProps {
  host: Host;
  onClose: () => void;
}

function RenameDialog({ host, onClose }: HostDialogProps) {
  const formId = useId();
  const [name, setName] = useState(host.name);
  const [problem, setProblem] = useState<string | null>(null);
  const rename = useMutation({
    mutationFn: () => call(routes.hosts.update, { params: { id: host.id }, body: { name: name.trim() } }),
    onSuccess: (changed) => {
      applyHost(changed);
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const bad = hostNameSchema.safeParse(name).success
      ? null
      : t(name.trim() === '' ? 'hosts.nameMissing' : 'hosts.nameBad');
    setProblem(bad);
    if (bad === null) rename.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="narrow"
      title={t('hosts.renameTitle', { name: host.name })}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('ui.cancel')}
          </Button>
          <Button variant="primary" type="submit" form={formId} busy={rename.isPending}>
            {t('hosts.save')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} noValidate>
        <Field label={t('hosts.name')} error={problem}>
          {(control) => <Input {...control} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
      </form>
      {rename.error !== null && <ErrorNote error={rename.error} />}
    </Dialog>
  );
}

function DeleteDialog({ host, onClose }: HostDialogProps) {
  const { data } = useQuery(sessionsQuery);
  const own = (data?.items ?? []).filter(({ hostId }) => hostId === host.id);
  const running = own.filter(({ state }) => !hasEnded(state)).length;
  const remove = async (): Promise<void> => {
    await call(routes.hosts.remove, { params: { id: host.id } });
    liveCache.apply({ kind: 'host', id: host.id, version: host.version + 1, deleted: true });
    await queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    toast.done(t('hosts.deleted', { name: host.name }));
  };
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={t('hosts.deleteTitle', { name: host.name })}
      description={tn('hosts.deleteText', own.length)}
      confirmLabel={t('hosts.delete')}
      typeToConfirm={host.name}
      onConfirm={remove}
    >
      {running > 0 && <Callout>{tn('hosts.deleteRunning', running)}</Callout>}
    </ConfirmDialog>
  );
}

function TokenDialog({ host, onClose }: HostDialogProps) {
  const [joining, setJoining] = useState<Joining | null>(null);
  // The question closes itself when it is answered; the command takes its place then.
  const answered = useRef(false);
  const renew = async (): Promise<void> => {
    setJoining(await newJoinToken(host.id, host.name));
    answered.current = true;
  };
  if (joining !== null) return <JoinDialog joining={joining} onClose={onClose} />;
  return (
    <ConfirmDialog
      open
      onOpenChange={() => answered.current || onClose()}
      tone="primary"
      title={t('hosts.newTokenTitle', { name: host.name })}
      description={t('hosts.newTokenText')}
      confirmLabel={t('hosts.newToken')}
      onConfirm={renew}
    />
  );
}

function TrustDialog({ host, project, onClose }: HostDialogProps & { project: ProjectInfo }) {
  const trust = async (): Promise<void> => {
    applyHost(
      await call(routes.hosts.trustProject, { params: { id: host.id }, body: { path: project.path } }),
    );
  };
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      tone="primary"
      title={t('hosts.trustTitle', { name: project.name })}
      description={t('hosts.trustText')}
      confirmLabel={t('hosts.trustProject', { name: project.name })}
      onConfirm={trust}
    >
      <code className="mono text-12 break-all text-text-2">{project.path}</code>
    </ConfirmDialog>
  );
}
