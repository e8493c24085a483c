// The models that a running agent can be asked for, as items of the session's menu. It listens while it is idle.
import type { HostProfile, Session } from '@roundhouse/protocol';
import { t } from '../../lib/i18n/t.js';
import { MenuItem, MenuLabel, MenuSeparator } from '../../ui/dropdown-menu.js';
import { useModel } from './use-session-actions.js';

export interface ModelItemsProps {
  session: Session;
  profile: HostProfile | undefined;
}

export function ModelItems({ session, profile }: ModelItemsProps) {
  const ask = useModel(session);
  const { switchesModel = false, models = [] } = profile ?? {};
  if (!switchesModel || models.length === 0 || session.state !== 'running') return null;
  const idle = session.activity?.kind === 'idle';
  return (
    <>
      <MenuSeparator />
      <MenuLabel>{t(idle ? 'session.useModel' : 'session.useModelBusy')}</MenuLabel>
      {models.map((model) => (
        <MenuItem key={model} disabled={!idle} onSelect={() => ask.mutate(model)}>
          {model}
        </MenuItem>
      ))}
    </>
  );
}
