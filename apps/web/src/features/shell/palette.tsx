// The command palette: pages, actions of the registry, sessions. Loaded when first opened.
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { CornerDownLeft, Search } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { t } from '../../lib/i18n/t.js';
import { sessionsQuery } from '../../lib/query.js';
import { groupTitles, keyCaps, useShortcuts } from '../../lib/shortcuts.js';
import { sessionStatus } from '../../lib/status.js';
import { Kbd } from '../../ui/kbd.js';
import { StateGlyph } from '../../ui/state-glyph.js';
import { closeSheet } from '../../lib/overlay.js';

/** The shortcut that opens the palette itself is no use inside it. */
const OWN_ID = 'shell.palette';

export function Palette() {
  return (
    <Radix.Root open onOpenChange={closeSheet}>
      <Radix.Portal>
        <Radix.Overlay className="appear fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          className="appear fixed inset-x-0 top-[min(92px,10vh)] z-50 mx-auto w-[calc(100vw-32px)] max-w-[600px] overflow-hidden rounded-lg bg-popover shadow-overlay focus:outline-none"
        >
          <Radix.Title className="sr-only">{t('shell.palette')}</Radix.Title>
          <Body />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Body() {
  return (
    <Command label={t('shell.palette')} loop>
      <div className="relative border-b border-line">
        <Search className="absolute inset-y-0 left-4 my-auto size-4 text-text-3" aria-hidden="true" />
        <Command.Input
          autoFocus
          placeholder={t('shell.search')}
          className="h-12 w-full bg-transparent pr-4 pl-11 text-14 outline-none placeholder:text-text-3"
        />
      </div>
      <Command.List className="max-h-[min(400px,60vh)] scroll-thin overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-8 text-center text-text-3">{t('shell.paletteEmpty')}</Command.Empty>
        <Sessions />
        <Actions />
      </Command.List>
      <div className="flex h-9 items-center gap-1.5 border-t border-line px-4 text-12 text-text-3">
        <CornerDownLeft className="size-3" aria-hidden="true" />
        {t('shell.paletteRun')}
      </div>
    </Command>
  );
}

const groupStyle =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:text-text-3';

function Item({ value, onSelect, children }: { value: string; onSelect: () => void; children: ReactNode }) {
  return (
    <Command.Item
      value={value}
      onSelect={() => {
        closeSheet();
        onSelect();
      }}
      className="flex h-8 items-center gap-2.5 rounded-sm px-2.5 text-text-2 data-[selected=true]:bg-raised-2 data-[selected=true]:text-text pointer-coarse:h-11"
    >
      {children}
    </Command.Item>
  );
}

function Actions() {
  const shortcuts = useShortcuts().filter(({ id }) => id !== OWN_ID);
  return (['actions', 'go', 'general'] as const).map((group) => {
    const rows = shortcuts.filter((each) => each.group === group);
    if (rows.length === 0) return null;
    return (
      <Command.Group key={group} heading={t(groupTitles[group])} className={groupStyle}>
        {rows.map(({ id, label, keys, run }) => (
          <Item key={id} value={`${label} ${id}`} onSelect={run}>
            <span className="min-w-0 flex-1 truncate">{label}</span>
            {keyCaps(keys).map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </Item>
        ))}
      </Command.Group>
    );
  });
}

function Sessions() {
  const { data } = useQuery(sessionsQuery);
  const navigate = useNavigate();
  const items = data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Command.Group heading={t('shell.groupSessions')} className={groupStyle}>
      {items.map((session) => (
        <Item
          key={session.id}
          value={`${session.name} ${session.projectName} ${session.profile} ${session.id}`}
          onSelect={() => void navigate({ to: '/sessions/$id', params: { id: session.id } })}
        >
          <StateGlyph kind={sessionStatus(session)} labelled />
          <span className="truncate">{session.name}</span>
          <span className="min-w-0 flex-1 truncate text-12 text-text-3">
            {session.profile} · {session.projectName}
          </span>
        </Item>
      ))}
    </Command.Group>
  );
}
