// Above the settings: whose they are, the hub's or those of a machine.
import type { Host, HostId } from '@roundhouse/protocol';
import { Link } from '@tanstack/react-router';
import { Server } from 'lucide-react';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { Select } from '../../ui/select.js';

export interface WhoseSettingsProps {
  hosts: readonly Host[];
  host: HostId | undefined;
  onHost: (host: HostId | undefined) => void;
}

const HUB = 'hub';

export function WhoseSettings({ hosts, host, onHost }: WhoseSettingsProps) {
  // One that was deleted since the address was made.
  const isKnown = host === undefined || hosts.some(({ id }) => id === host);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <div className="w-[300px] max-sm:w-full">
        <Select
          aria-label={t('settings.whose')}
          value={host ?? HUB}
          onValueChange={(next) => onHost(hosts.find(({ id }) => id === next)?.id)}
          options={[
            { value: HUB, label: t('settings.ofHub') },
            ...hosts.map(({ id, name }) => ({ value: id, label: t('settings.ofHost', { host: name }) })),
            ...(isKnown ? [] : [{ value: host, label: t('settings.ofNobody') }]),
          ]}
        />
      </div>
      {host !== undefined && isKnown && (
        <Button asChild>
          <Link to="/hosts/$id" params={{ id: host }}>
            <Server aria-hidden="true" />
            {t('settings.toHost')}
          </Link>
        </Button>
      )}
    </div>
  );
}
