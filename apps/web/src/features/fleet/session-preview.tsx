// The last lines of a session in its card; without lines it says why.
import { hasEnded, type Session } from '@roundhouse/protocol';
import { memo } from 'react';
import { t } from '../../lib/i18n/t.js';
import { usePreview } from '../../lib/previews/use-preview.js';
import { PreviewWell } from '../../ui/preview-well.js';

/** States in which no agent has printed anything yet. */
const early: readonly Session['state'][] = ['queued', 'starting'];
const none: readonly never[] = [];

export interface SessionPreviewProps {
  id: Session['id'];
  name: string;
  state: Session['state'];
  epoch: number;
  className?: string;
}

/** Only these members: a card changes often, its lines are drawn again only when they change. */
export const SessionPreview = memo(function SessionPreview(props: SessionPreviewProps) {
  const { id, name, state, epoch, className } = props;
  const { preview, waiting, ref } = usePreview(id);
  const ended = hasEnded(state);
  // What an earlier life of the session showed is not what it shows now.
  const known = preview !== null && preview.epoch >= epoch ? preview : null;
  return (
    <PreviewWell
      ref={ref}
      label={t('fleet.previewOf', { name })}
      lines={known?.lines ?? none}
      past={ended || state === 'unknown'}
      waiting={waiting && !early.includes(state)}
      note={noteOf(state)}
      {...(className === undefined ? {} : { className })}
    />
  );
});

function noteOf(state: Session['state']): string {
  if (state === 'unknown') return t('fleet.previewUnknown');
  return t(hasEnded(state) ? 'fleet.previewEnded' : 'fleet.previewNone');
}
