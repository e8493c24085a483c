// Finds a session and puts it into the grid: what needs someone first.
import { useQuery } from '@tanstack/react-query';
import { Popover as Radix } from 'radix-ui';
import { useId, useState } from 'react';
import { t } from '../../lib/i18n/t.js';
import { gridMax } from '../../lib/grid-set.js';
import { hostsQuery, sessionsQuery } from '../../lib/query.js';
import { needRank, sessionStatus } from '../../lib/status.js';
import { ComboboxList } from '../../ui/combobox-list.js';
import { popoverSurface } from '../../ui/popover.js';
import { StateGlyph } from '../../ui/state-glyph.js';
import type { AddSessionProps } from './add-session.js';

export function AddSessionPopover({ ids, onAdd, trigger, align = 'start' }: AddSessionProps) {
  const [open, setOpen] = useState(false);
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={t('grid.add')}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className={`${popoverSurface} w-[min(420px,calc(100vw-16px))] overflow-hidden`}
        >
          <List
            ids={ids}
            onAdd={(id) => {
              setOpen(false);
              onAdd(id);
            }}
          />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function List({ ids, onAdd }: Pick<AddSessionProps, 'ids' | 'onAdd'>) {
  const listId = useId();
  const { data, isPending } = useQuery(sessionsQuery);
  const { data: hosts } = useQuery(hostsQuery);
  const hostNames = new Map<string, string>(hosts?.items.map(({ id, name }) => [id, name]));
  const sessions = (data?.items ?? [])
    .filter(({ id }) => !ids.includes(id))
    .map((session) => ({ session, kind: sessionStatus(session) }))
    .toSorted((a, b) => needRank(a.kind) - needRank(b.kind));
  const full = ids.length >= gridMax;
  return (
    <ComboboxList
      listId={listId}
      label={t('grid.addHint')}
      value={null}
      loading={isPending}
      empty={t(full ? 'grid.full' : 'grid.noMore')}
      options={(full ? [] : sessions).map(({ session, kind }) => ({
        value: session.id,
        label: session.name,
        detail: [hostNames.get(session.hostId), session.projectName, session.branch]
          .filter((part) => part !== null && part !== undefined)
          .join(' · '),
        icon: <StateGlyph kind={kind} labelled />,
      }))}
      onValueChange={() => undefined}
      onChoose={(value) => {
        const chosen = sessions.find(({ session }) => session.id === value);
        if (chosen) onAdd(chosen.session.id);
      }}
    />
  );
}
