// The keys that a phone's keyboard lacks, above it. Pressing one leaves the focus, and so the keyboard, where it is.
import {
  ArrowDown,
  ArrowLeft,
  ArrowRight,
  ArrowUp,
  ClipboardPaste,
  Copy,
  CornerDownLeft,
  Search,
  SlidersHorizontal,
} from 'lucide-react';
import { cx } from 'class-variance-authority';
import type { ReactNode } from 'react';
import { t, type PlainKey } from '../../lib/i18n/t.js';
import type { PhoneKey, Stick, Sticky } from './phone-keys.js';

export interface KeyBarProps {
  sticky: Sticky;
  onKey: (key: PhoneKey) => void;
  onSticky: (key: keyof Sticky) => void;
  onPaste: () => void;
  /** Tools, where no other bar has them. */
  tools?: { readonly find: () => void; readonly copy: () => void; readonly more: () => void };
  /** The agent has ended: only the tools are left. */
  ended?: boolean;
}

type Row = readonly [key: PhoneKey, label: PlainKey, face: ReactNode];

const before: readonly Row[] = [
  ['esc', 'terminal.keyEsc', 'esc'],
  ['tab', 'terminal.keyTab', 'tab'],
];
const after: readonly Row[] = [
  ['up', 'terminal.keyUp', <ArrowUp key="up" aria-hidden="true" />],
  ['down', 'terminal.keyDown', <ArrowDown key="down" aria-hidden="true" />],
  ['left', 'terminal.keyLeft', <ArrowLeft key="left" aria-hidden="true" />],
  ['right', 'terminal.keyRight', <ArrowRight key="right" aria-hidden="true" />],
  ['interrupt', 'terminal.keyInterrupt', '^C'],
  ['/', 'terminal.keySlash', '/'],
  ['|', 'terminal.keyPipe', '|'],
];

export function KeyBar(props: KeyBarProps) {
  const { sticky, onKey, onSticky, onPaste, tools, ended = false } = props;
  const keyOf = ([key, label, face]: Row): ReactNode => (
    <Key key={key} label={t(label)} onPress={() => onKey(key)}>
      {face}
    </Key>
  );
  return (
    <div
      role="toolbar"
      aria-label={t('terminal.keys')}
      className="flex shrink-0 scroll-thin gap-1.5 overflow-x-auto border-t border-line bg-surface px-1.5 py-1.5"
    >
      {!ended && (
        <>
          {before.map(keyOf)}
          <Key label={t('terminal.keyCtrl')} stick={sticky.ctrl} onPress={() => onSticky('ctrl')}>
            ctrl
          </Key>
          <Key label={t('terminal.keyAlt')} stick={sticky.alt} onPress={() => onSticky('alt')}>
            alt
          </Key>
          {after.map(keyOf)}
          <Key label={t('terminal.paste')} onPress={onPaste}>
            <ClipboardPaste aria-hidden="true" />
          </Key>
          {keyOf(['enter', 'terminal.keyEnter', <CornerDownLeft key="enter" aria-hidden="true" />])}
        </>
      )}
      {tools && (
        <>
          <Key label={t('terminal.find')} onPress={tools.find}>
            <Search aria-hidden="true" />
          </Key>
          <Key label={t('terminal.copy')} onPress={tools.copy}>
            <Copy aria-hidden="true" />
          </Key>
          <Key label={t('terminal.settings')} onPress={tools.more}>
            <SlidersHorizontal aria-hidden="true" />
          </Key>
        </>
      )}
    </div>
  );
}

interface KeyProps {
  label: string;
  stick?: Stick;
  onPress: () => void;
  children: ReactNode;
}

const stickWords = { off: null, once: 'terminal.keyOnce', locked: 'terminal.keyLocked' } as const;

function Key({ label, stick, onPress, children }: KeyProps) {
  const word = stick === undefined ? null : stickWords[stick];
  const on = stick !== undefined && stick !== 'off';
  return (
    <button
      type="button"
      aria-label={word === null ? label : `${label}, ${t(word)}`}
      aria-pressed={stick === undefined ? undefined : on}
      className={cx(
        'grid h-11 min-w-11 shrink-0 place-items-center rounded-sm border px-2 text-13 font-medium select-none [&>svg]:size-4',
        on ? 'border-accent-line bg-accent-soft text-accent' : 'border-line-2 bg-raised text-text-2',
        stick === 'locked' && 'underline decoration-2 underline-offset-4',
      )}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onPress}
    >
      {children}
    </button>
  );
}
