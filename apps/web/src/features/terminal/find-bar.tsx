// Finds in the output: Enter next, Shift+Enter previous, Esc back to the terminal.
import { CaseSensitive, ChevronDown, ChevronUp, X } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import { t } from '../../lib/i18n/t.js';
import { IconButton } from '../../ui/icon-button.js';

export interface FindBarProps {
  /** False when nothing was found. */
  onFind: (query: string, options: { back: boolean; caseSensitive: boolean; typing?: boolean }) => boolean;
  onClose: () => void;
}

export function FindBar({ onFind, onClose }: FindBarProps) {
  const [query, setQuery] = useState('');
  const [caseSensitive, setCaseSensitive] = useState(false);
  const [found, setFound] = useState(true);
  const go = (text: string, back: boolean, typing = false): void =>
    setFound(text === '' || onFind(text, { back, caseSensitive, typing }));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') go(query, event.shiftKey);
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
  };
  return (
    <div
      role="search"
      className="absolute top-2 right-4 z-10 flex h-9 max-w-[calc(100%-32px)] items-center gap-0.5 rounded-md bg-popover pr-1 pl-3 shadow-overlay pointer-coarse:h-12"
      onKeyDown={onKeyDown}
    >
      <input
        autoFocus
        aria-label={t('terminal.findLabel')}
        placeholder={t('terminal.find')}
        autoComplete="off"
        spellCheck={false}
        className="h-7 w-44 min-w-0 bg-transparent text-13 outline-none pointer-coarse:text-16"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          go(event.target.value, false, true);
        }}
      />
      <span role="status" className="min-w-16 px-1 text-right text-12 whitespace-nowrap text-text-3">
        {found ? '' : t('terminal.findNone')}
      </span>
      <IconButton
        size="sm"
        label={t('terminal.matchCase')}
        pressed={caseSensitive}
        onClick={() => setCaseSensitive(!caseSensitive)}
      >
        <CaseSensitive aria-hidden="true" />
      </IconButton>
      <IconButton size="sm" label={t('terminal.findPrevious')} onClick={() => go(query, true)}>
        <ChevronUp aria-hidden="true" />
      </IconButton>
      <IconButton size="sm" label={t('terminal.findNext')} onClick={() => go(query, false)}>
        <ChevronDown aria-hidden="true" />
      </IconButton>
      <IconButton size="sm" label={t('ui.close')} onClick={onClose}>
        <X aria-hidden="true" />
      </IconButton>
    </div>
  );
}
