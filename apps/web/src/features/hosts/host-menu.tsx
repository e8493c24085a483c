// The actions of a host behind its ⋯ button, on the hosts page and in the fleet.
import type { Host } from '@roundhouse/protocol';
import { useNavigate } from '@tanstack/react-router';
import { Ellipsis, KeyRound, PanelRight, Pencil, Plus, RefreshCw, Ticket, Trash2 } from 'lucide-react';
import { t } from '../../lib/i18n/t.js';
import { openSpawn } from '../../lib/spawn-intent.js';
import { DropdownMenu, MenuItem, MenuSeparator } from '../../ui/dropdown-menu.js';
import { IconButton } from '../../ui/icon-button.js';
import { Spinner } from '../../ui/spinner.js';
import { askHost } from './host-ask.js';
import { rescan, useScanning } from './rescan.js';
import './words.js';

export function HostMenu({ host }: { host: Host }) {
  const navigate = useNavigate();
  const scanning = useScanning(host.id);
  const online = host.state === 'online';
  return (
    <DropdownMenu
      trigger={
        <IconButton size="sm" label={t('hosts.menu', { name: host.name })} className="relative z-10">
          {scanning ? <Spinner /> : <Ellipsis aria-hidden="true" />}
        </IconButton>
      }
    >
      <MenuItem
        icon={<Plus aria-hidden="true" />}
        disabled={!online}
        onSelect={() => openSpawn({ hostId: host.id })}
      >
        {t('hosts.spawnHere')}
      </MenuItem>
      <MenuItem
        icon={<PanelRight aria-hidden="true" />}
        onSelect={() => void navigate({ to: '/hosts/$id', params: { id: host.id } })}
      >
        {t('hosts.details')}
      </MenuItem>
      <MenuItem
        icon={<RefreshCw aria-hidden="true" />}
        disabled={!online || scanning}
        onSelect={() => void rescan(host)}
      >
        {t('hosts.rescan')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<Pencil aria-hidden="true" />} onSelect={() => askHost({ what: 'rename', host })}>
        {t('hosts.rename')}
      </MenuItem>
      <MenuItem icon={<KeyRound aria-hidden="true" />} onSelect={() => askHost({ what: 'key', host })}>
        {t('hosts.key')}
      </MenuItem>
      <MenuItem icon={<Ticket aria-hidden="true" />} onSelect={() => askHost({ what: 'token', host })}>
        {t('hosts.newToken')}
      </MenuItem>
      <MenuItem
        tone="danger"
        icon={<Trash2 aria-hidden="true" />}
        onSelect={() => askHost({ what: 'delete', host })}
      >
        {t('hosts.delete')}
      </MenuItem>
    </DropdownMenu>
  );
}
