// The place of the emulator, and what may lie over it: find, the word of the connection, a cover.
import { cx } from 'class-variance-authority';
import type { ReactNode, RefCallback } from 'react';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Spinner } from '../../ui/spinner.js';

export interface TerminalStageProps {
  container: RefCallback<HTMLElement>;
  phase: 'loading' | 'ready' | 'failed';
  /** This view sets the size, so nothing can stick out; others scroll to what does. */
  controls: boolean;
  dimmed: boolean;
  word: string | null;
  cover: ReactNode;
  onFocus: () => void;
  /** Lies over the terminal at its own place: find, hint. */
  children: ReactNode;
}

export function TerminalStage(props: TerminalStageProps) {
  const { container, phase, controls, dimmed, word, cover, onFocus, children } = props;
  const covered = cover !== undefined;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        data-terminal=""
        className={cx(
          'min-h-0 flex-1 pt-3 pr-1 pb-1 pl-5 transition-opacity max-sm:pt-2 max-sm:pl-3',
          dimmed && 'opacity-45',
          covered && 'invisible',
        )}
        onFocus={onFocus}
      >
        <div
          ref={container}
          className={cx('size-full', controls ? 'overflow-hidden' : 'scroll-thin overflow-auto')}
        />
      </div>
      {children}
      {!covered && word !== null && <Pill word={word} />}
      <div className="pointer-events-none absolute inset-0 grid place-items-center overflow-auto *:pointer-events-auto">
        {cover}
        {!covered && phase === 'loading' && (
          <span role="status" className="reveal-late inline-flex items-center gap-2 text-12 text-text-3">
            <Spinner /> {t('terminal.loading')}
          </span>
        )}
        {phase === 'failed' && (
          <EmptyState
            title={t('terminal.loadFailed')}
            action={<Button onClick={() => location.reload()}>{t('terminal.tryAgain')}</Button>}
          >
            {t('terminal.loadFailedHint')}
          </EmptyState>
        )}
      </div>
    </div>
  );
}

function Pill({ word }: { word: string }) {
  return (
    <span className="absolute top-3 left-1/2 z-10 inline-flex -translate-x-1/2 items-center gap-2 rounded-full bg-popover px-3 py-1.5 text-12 whitespace-nowrap text-text-2 shadow-overlay">
      <Spinner /> <span className="nums">{word}</span>
    </span>
  );
}
