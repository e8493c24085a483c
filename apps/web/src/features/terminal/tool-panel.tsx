// A small panel over the terminal's lower edge that leaves the terminal in sight: about the connection, settings.
import { X } from 'lucide-react';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { t } from '../../lib/i18n/t.js';
import { IconButton } from '../../ui/icon-button.js';

export interface ToolPanelProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

export function ToolPanel({ title, onClose, children }: ToolPanelProps) {
  const panel = useRef<HTMLDivElement>(null);
  const heading = useId();
  useEffect(() => panel.current?.focus(), []);
  useEffect(() => {
    // A button that is busy gives its focus away: Esc must still lead out.
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && document.activeElement === document.body) onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);
  return (
    <div
      ref={panel}
      role="dialog"
      aria-labelledby={heading}
      tabIndex={-1}
      className="appear absolute right-3 bottom-3 z-20 flex max-h-[calc(100%-24px)] w-[380px] max-w-[calc(100%-24px)] flex-col rounded-md bg-popover text-text shadow-overlay focus:outline-none max-sm:right-2 max-sm:bottom-2 max-sm:w-[calc(100%-16px)] max-sm:max-w-none"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      <div className="flex h-10 shrink-0 items-center gap-2 border-b border-line pr-2 pl-4">
        <h3 id={heading} className="min-w-0 flex-1 truncate text-13 font-strong">
          {title}
        </h3>
        <IconButton size="sm" label={t('ui.close')} onClick={onClose}>
          <X aria-hidden="true" />
        </IconButton>
      </div>
      <div className="grid min-h-0 scroll-thin gap-4 overflow-y-auto px-4 py-3">{children}</div>
    </div>
  );
}
