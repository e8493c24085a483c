// What lies over the terminal's upper edge for a while, so that nothing below it moves: earlier output, what is on its
// way to the host, what the agent offers or says.
import { ArrowUp, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { t } from '../../lib/i18n/t.js';
import { useStore } from '../../lib/store.js';
import { Button } from '../../ui/button.js';
import { copyText } from '../../ui/copy-button.js';
import { IconButton } from '../../ui/icon-button.js';
import { Meter } from '../../ui/meter.js';
import { toast } from '../../ui/toast.js';
import type { ClipboardOffer } from './agent-signals.js';
import { formatBytes } from '../../lib/format.js';
import type { Progress } from './input-sender.js';
import type { TerminalController } from './terminal-controller.js';

export function StageNotices({ terminal, lowered }: { terminal: TerminalController; lowered: boolean }) {
  const { signals, uploads, earlier, stream } = terminal;
  const paste = useStore(stream.state).paste;
  const upload = useStore(uploads.now);
  const uploadFailed = useStore(uploads.failed);
  const offer = useStore(signals.clipboard);
  const said = useStore(signals.notification);
  const { offered, busy, error } = useStore(earlier.state);
  return (
    <div
      className={`pointer-events-none absolute inset-x-3 z-10 grid justify-items-center gap-2 ${lowered ? 'top-13' : 'top-2'}`}
    >
      {offered && (
        <Button
          size="sm"
          busy={busy}
          className="pointer-events-auto rounded-full! bg-popover! shadow-overlay!"
          icon={<ArrowUp aria-hidden="true" />}
          onClick={() => void earlier.load()}
        >
          {error ? t('terminal.earlierFailed') : t('terminal.earlier')}
        </Button>
      )}
      {paste && (
        <Transfer title={t('terminal.pasting')} progress={paste} onCancel={() => stream.cancelPaste()} />
      )}
      {upload && (
        <Transfer
          title={t('terminal.uploading', { name: upload.name })}
          progress={upload}
          onCancel={() => uploads.cancel()}
        />
      )}
      {uploadFailed && (
        <Note
          title={t('terminal.uploadFailed')}
          text={`${uploadFailed.message}. ${uploadFailed.hint}`}
          onClose={() => uploads.dismiss()}
        />
      )}
      {offer && <Offer key={offer.text} offer={offer} onClose={() => signals.clipboard.set(null)} />}
      {said !== null && (
        <Note title={t('terminal.agentSays')} text={said} onClose={() => signals.notification.set(null)} />
      )}
    </div>
  );
}

function Surface({ children }: { children: ReactNode }) {
  return (
    <div
      role="status"
      className="appear pointer-events-auto grid w-full max-w-[520px] gap-2 rounded-md bg-popover py-2 pr-2 pl-3 text-12 text-text-2 shadow-overlay"
    >
      {children}
    </div>
  );
}

function Note({ title, text, onClose }: { title: string; text: string; onClose: () => void }) {
  return (
    <Surface>
      <div className="flex items-start gap-2">
        <p className="min-w-0 flex-1 py-0.5 break-words">
          <span className="font-medium text-text">{title}</span> {text}
        </p>
        <Close onClose={onClose} />
      </div>
    </Surface>
  );
}

interface TransferProps {
  title: string;
  progress: Progress;
  onCancel: () => void;
}

function Transfer({ title, progress: { done, total }, onCancel }: TransferProps) {
  const share = total === 0 ? 1 : done / total;
  return (
    <Surface>
      <div className="flex items-center gap-3">
        <span className="min-w-0 flex-1 truncate font-medium text-text">{title}</span>
        <span className="nums shrink-0">
          {t('terminal.transferOf', { done: formatBytes(done), total: formatBytes(total) })}
        </span>
        <Button size="sm" onClick={onCancel}>
          {t('terminal.cancel')}
        </Button>
      </div>
      <Meter block value={share} tone="accent" label={title} />
    </Surface>
  );
}

function Offer({ offer, onClose }: { offer: ClipboardOffer; onClose: () => void }) {
  const [shown, setShown] = useState(false);
  const copy = async (): Promise<void> => {
    if (!(await copyText(offer.text))) return;
    toast.done(t('terminal.copyOfferCopied'));
    onClose();
  };
  return (
    <Surface>
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-40 flex-1">{t('terminal.copyOffer', { size: formatBytes(offer.bytes) })}</p>
        <Button size="sm" onClick={() => void copy()}>
          {t('terminal.copy')}
        </Button>
        <Button size="sm" variant="ghost" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? t('terminal.copyHide') : t('terminal.copyShow')}
        </Button>
        <Close onClose={onClose} />
      </div>
      {shown && (
        <pre
          tabIndex={0}
          aria-label={t('terminal.copyOfferText')}
          className="mr-1 max-h-40 min-w-0 scroll-thin overflow-auto rounded-sm border border-line-2 bg-bg-sunken px-3 py-2 font-mono text-12 break-all whitespace-pre-wrap text-text"
        >
          {offer.text}
        </pre>
      )}
    </Surface>
  );
}

const Close = ({ onClose }: { onClose: () => void }) => (
  <IconButton size="sm" label={t('terminal.dismiss')} onClick={onClose}>
    <X aria-hidden="true" />
  </IconButton>
);
