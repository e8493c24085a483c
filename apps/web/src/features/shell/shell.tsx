// The frame of every page for a signed-in person: rail, header, banner, page, bottom bar, and the shell's overlays.
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';
import { t } from '../../lib/i18n/t.js';
import { useShortcut } from '../../lib/shortcuts.js';
import { openSpawn } from '../../lib/spawn-intent.js';
import { PageSlots } from '../../ui/page.js';
import { BottomBar } from './bottom-bar.js';
import { ConnectionBanner } from './connection-state.js';
import { Header } from './header.js';
import { navigation, type NavEntry } from './navigation.js';
import { Rail } from './rail.js';
import { openSheet, useOverlay } from '../../lib/overlay.js';
import { useAttention } from './use-attention.js';
import { useSettingsNotice } from './use-settings-notice.js';

const Palette = lazy(async () => ({ default: (await import('./palette.js')).Palette }));
const ShortcutSheet = lazy(async () => ({ default: (await import('./shortcut-sheet.js')).ShortcutSheet }));

export interface ShellProps {
  /** The page needs the width: icons instead of the rail, no Spawn, no bottom bar. */
  compact: boolean;
  /** Only the rail shrinks to icons. */
  narrowRail: boolean;
  children: ReactNode;
}

export function Shell({ compact, narrowRail, children }: ShellProps) {
  const overlay = useOverlay();
  const [start, setStart] = useState<HTMLElement | null>(null);
  const [end, setEnd] = useState<HTMLElement | null>(null);
  const slots = useMemo(() => ({ start, end }), [start, end]);
  useAttention();
  useSettingsNotice();
  useShellShortcuts();
  return (
    <PageSlots value={slots}>
      <a
        href="#main"
        className="fixed top-2 left-2 z-70 -translate-y-16 rounded-sm bg-popover px-3 py-2 focus:translate-y-0 focus:shadow-overlay"
      >
        {t('shell.skip')}
      </a>
      <div className="flex h-dvh min-w-0">
        <Rail collapsed={compact || narrowRail} />
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <Header compact={compact} startRef={setStart} endRef={setEnd} />
          <ConnectionBanner />
          <main id="main" tabIndex={-1} className="flex min-h-0 flex-1 flex-col">
            {children}
          </main>
          {!compact && <BottomBar />}
        </div>
      </div>
      {navigation.map((entry) => (
        <NavShortcut key={entry.to} entry={entry} />
      ))}
      <Suspense>
        {overlay === 'palette' && <Palette />}
        {overlay === 'shortcuts' && <ShortcutSheet />}
      </Suspense>
    </PageSlots>
  );
}

function useShellShortcuts(): void {
  useShortcut({
    id: 'shell.spawn',
    keys: 'c',
    label: t('shell.spawnSession'),
    group: 'actions',
    run: () => openSpawn(),
  });
  useShortcut({
    id: 'shell.palette',
    keys: 'mod+k',
    label: t('shell.palette'),
    group: 'general',
    run: () => openSheet('palette'),
  });
  useShortcut({
    id: 'shell.shortcuts',
    keys: '?',
    label: t('shell.shortcuts'),
    group: 'general',
    run: () => openSheet('shortcuts'),
  });
}

function NavShortcut({ entry }: { entry: NavEntry }) {
  const navigate = useNavigate();
  useShortcut({
    id: `go.${entry.to}`,
    keys: entry.keys,
    label: t('shell.goTo', { page: t(entry.label) }),
    group: 'go',
    run: () => void navigate({ to: entry.to }),
  });
  return null;
}
