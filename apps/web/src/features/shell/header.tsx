// The one line above every page: breadcrumb, connection, search, Spawn. Pages fill its two slots through <Page>.
import { Plus, Search } from 'lucide-react';
import type { RefCallback } from 'react';
import { t } from '../../lib/i18n/t.js';
import { keyCaps } from '../../lib/shortcuts.js';
import { openSpawn } from '../../lib/spawn-intent.js';
import { Button } from '../../ui/button.js';
import { Kbd } from '../../ui/kbd.js';
import { Mark } from '../../ui/mark.js';
import { ConnectionState } from './connection-state.js';
import { openSheet } from '../../lib/overlay.js';

export interface HeaderProps {
  /** Search becomes an icon and Spawn goes: the page needs the line. */
  compact: boolean;
  startRef: RefCallback<HTMLElement>;
  endRef: RefCallback<HTMLElement>;
}

export function Header({ compact, startRef, endRef }: HeaderProps) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-3 border-b border-line pr-4 pl-6 max-sm:h-13 max-sm:px-4">
      {!compact && (
        <span className="sm:hidden">
          <Mark />
        </span>
      )}
      <div ref={startRef} className="flex min-w-0 flex-1 items-center gap-3" />
      <ConnectionState quietWhenLive={compact} />
      <div ref={endRef} className="contents" />
      {compact ? <SearchIcon /> : <SearchBox />}
      {!compact && (
        <Button
          variant="primary"
          icon={<Plus aria-hidden="true" />}
          onClick={() => openSpawn()}
          className="max-sm:h-9"
        >
          {t('shell.spawn')}
          <span className="pointer-coarse:hidden max-sm:hidden">
            <Kbd onInk>C</Kbd>
          </span>
        </Button>
      )}
    </header>
  );
}

const openPalette = (): void => openSheet('palette');

function SearchIcon() {
  return (
    <button
      type="button"
      aria-label={t('shell.openSearch')}
      className="touch-target grid size-7 place-items-center rounded-sm text-text-2 hover:bg-hover hover:text-text"
      onClick={openPalette}
    >
      <Search className="size-4" strokeWidth={1.6} aria-hidden="true" />
    </button>
  );
}

function SearchBox() {
  return (
    <>
      <button
        type="button"
        aria-label={t('shell.openSearch')}
        className="flex h-7 w-[232px] items-center gap-1.5 rounded-sm border border-line-2 bg-surface pr-[5px] pl-2.5 whitespace-nowrap text-text-3 shadow-btn hover:bg-raised max-lg:w-48 max-md:hidden"
        onClick={openPalette}
      >
        <Search className="size-3.5" aria-hidden="true" />
        {t('shell.search')}
        <span className="ml-auto">
          <Kbd>{keyCaps('mod+k').join(' ')}</Kbd>
        </span>
      </button>
      <span className="md:hidden">
        <SearchIcon />
      </span>
    </>
  );
}
