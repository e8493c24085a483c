// What a person must answer before it happens: a paste that would run line by line, a link that leads outside.
import { t } from '../../lib/i18n/t.js';
import { ConfirmDialog } from '../../ui/confirm-dialog.js';
import type { Ask } from './terminal-controller.js';

export interface TerminalDialogsProps {
  ask: Ask;
  onPaste: (text: string) => void;
  onClose: () => void;
}

/** Lines of a paste that are shown. */
const PREVIEW_LINES = 8;

export function TerminalDialogs({ ask, onPaste, onClose }: TerminalDialogsProps) {
  if (ask?.kind === 'paste') {
    const { text, lines, cleaned } = ask.paste;
    return (
      <ConfirmDialog
        open
        onOpenChange={onClose}
        tone="primary"
        title={lines === 1 ? t('terminal.pasteOneTitle') : t('terminal.pasteTitle', { n: lines })}
        description={t('terminal.pasteText')}
        confirmLabel={t('terminal.pasteConfirm')}
        onConfirm={() => onPaste(text)}
      >
        <pre
          tabIndex={0}
          className="max-h-48 min-w-0 scroll-thin overflow-auto rounded-sm border border-line-2 bg-bg-sunken px-3 py-2 font-mono text-12 text-term-fg"
        >
          {text.split(/\r\n|\r|\n/, PREVIEW_LINES).join('\n')}
          {lines > PREVIEW_LINES && '\n…'}
        </pre>
        {cleaned && <p className="text-12 text-text-3">{t('terminal.pasteCleaned')}</p>}
      </ConfirmDialog>
    );
  }
  if (ask?.kind === 'link') {
    const { url } = ask;
    return (
      <ConfirmDialog
        open
        onOpenChange={onClose}
        tone="primary"
        title={t('terminal.linkTitle')}
        description={t('terminal.linkText')}
        confirmLabel={t('terminal.linkOpen', { host: new URL(url).host })}
        onConfirm={() => void window.open(url, '_blank', 'noopener,noreferrer')}
      >
        <p className="mono rounded-sm border border-line-2 bg-bg-sunken px-3 py-2 break-all">{url}</p>
      </ConfirmDialog>
    );
  }
  return null;
}
