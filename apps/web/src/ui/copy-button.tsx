// Copies a text and says so for a moment, in the place of the label.
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '../lib/i18n/t.js';
import { Button } from './button.js';
import { IconButton } from './icon-button.js';

/** How long "Copied" stands. */
const SHOWN_MS = 2000;

type CopyState = 'ready' | 'copied' | 'failed';

/** Writes to the clipboard; falls back to a selection where the API is absent (plain http on a LAN). */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'sr-only';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

function useCopy(text: string): { state: CopyState; copy: () => void } {
  const [state, setState] = useState<CopyState>('ready');
  useEffect(() => {
    if (state === 'ready') return;
    const timer = setTimeout(() => setState('ready'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = (): void => {
    void copyText(text).then((done) => setState(done ? 'copied' : 'failed'));
  };
  return { state, copy };
}

const words = { ready: 'ui.copy', copied: 'ui.copied', failed: 'ui.copyFailed' } as const;

export interface CopyButtonProps {
  text: string;
  /** What is copied, for screen readers: "Copy command". */
  label: string;
  iconOnly?: boolean;
}

export function CopyButton({ text, label, iconOnly = false }: CopyButtonProps) {
  const { state, copy } = useCopy(text);
  const icon = state === 'copied' ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />;
  const said = (
    <span role="status" className="sr-only">
      {state === 'ready' ? '' : t(words[state])}
    </span>
  );
  return (
    <>
      {iconOnly ? (
        <IconButton label={state === 'ready' ? label : t(words[state])} onClick={copy}>
          {icon}
        </IconButton>
      ) : (
        <Button size="sm" icon={icon} aria-label={label} onClick={copy}>
          {t(words[state])}
        </Button>
      )}
      {said}
    </>
  );
}
