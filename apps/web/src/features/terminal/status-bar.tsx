// The line under the terminal: tools left; size, viewers and who types right. F6 leads here, plain keys work here.
import { Accessibility, Copy, ExternalLink, Search } from 'lucide-react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';
import { t, tn } from '../../lib/i18n/t.js';
import { Kbd } from '../../ui/kbd.js';
import { buttonStyle } from '../../ui/button.js';
import { IconButton } from '../../ui/icon-button.js';
import { TakeControl } from './terminal-notices.js';
import { typistWord, type Typist } from './describe.js';
import type { TerminalState } from './terminal-state.js';

export interface StatusBarProps {
  ref: Ref<HTMLDivElement>;
  state: TerminalState;
  typist: Typist;
  mayType: boolean;
  /** What keeps it from being live; null while it is. */
  word: string | null;
  selected: boolean;
  screenReader: boolean;
  onFind: () => void;
  onCopy: () => void;
  onTakeControl: () => void;
  onScreenReader: () => void;
  onPalette: () => void;
  /** Back into the terminal. */
  onBack: () => void;
  /** Absent where the page is a window of its own already. */
  onPopOut?: (() => void) | undefined;
}

export function StatusBar(props: StatusBarProps) {
  const { ref, screenReader, selected, onFind, onCopy, onPopOut } = props;
  return (
    <div
      ref={ref}
      role="toolbar"
      aria-label={t('terminal.toolbar')}
      className="flex h-9 shrink-0 items-center gap-1 overflow-hidden border-t border-line bg-bg px-3 text-12 text-text-3"
      onKeyDown={(event) => onToolbarKey(event, props)}
    >
      <Tool icon={<Search aria-hidden="true" />} label={t('terminal.find')} onClick={onFind} first />
      <Tool
        icon={<Copy aria-hidden="true" />}
        label={t('terminal.copy')}
        title={selected ? undefined : t('terminal.copyNothing')}
        onClick={onCopy}
      />
      {onPopOut && (
        <Tool icon={<ExternalLink aria-hidden="true" />} label={t('terminal.popOut')} onClick={onPopOut} />
      )}
      <IconButton
        size="sm"
        label={t('terminal.screenReader')}
        pressed={screenReader}
        onClick={props.onScreenReader}
      >
        <Accessibility aria-hidden="true" />
      </IconButton>
      <Facts {...props} />
    </div>
  );
}

function Facts({ state, typist, mayType, word, onTakeControl }: StatusBarProps) {
  const others = state.viewers.filter(({ id }) => id !== state.viewerId).length;
  const running = state.exit === null && state.phase === 'live';
  return (
    <div className="ml-auto flex min-w-0 items-center gap-3 whitespace-nowrap [&>*+*]:border-l [&>*+*]:border-line-2 [&>*+*]:pl-3">
      {running && state.echoMs !== null && (
        <span className="nums max-lg:hidden" title={t('terminal.echoHint')}>
          {t('terminal.echo', { ms: Math.max(1, Math.round(state.echoMs)) })}
        </span>
      )}
      {state.epoch !== null && (
        <span
          className="nums max-md:hidden"
          title={t('terminal.size', { cols: state.cols, rows: state.rows })}
        >
          {state.cols} × {state.rows}
        </span>
      )}
      {others > 0 && <span className="max-lg:hidden">{tn('terminal.watching', others)}</span>}
      <span role="status" className="flex items-center gap-2 text-text-2">
        {word ?? (running ? typistWord(typist, state.controller?.user ?? '') : t('terminal.agentEnded'))}
        {running && word === null && typist !== 'you' && mayType && (
          <TakeControl onTakeControl={onTakeControl} />
        )}
      </span>
      <span className="flex items-center gap-2 pointer-coarse:hidden">
        <Kbd>F6</Kbd>
        {t('terminal.toolbarKey')}
      </span>
    </div>
  );
}

interface ToolProps {
  icon: ReactNode;
  label: string;
  title?: string | undefined;
  first?: boolean;
  onClick: () => void;
}

function Tool({ icon, label, title, first = false, onClick }: ToolProps) {
  return (
    <button
      type="button"
      title={title}
      data-first={first ? '' : undefined}
      className={buttonStyle({ variant: 'ghost', size: 'sm' })}
      onClick={onClick}
    >
      {icon}
      {label}
    </button>
  );
}

/** Arrows move among the tools; letters are for who came by F6. */
function onToolbarKey(event: KeyboardEvent<HTMLDivElement>, props: StatusBarProps): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const tools = [...event.currentTarget.querySelectorAll<HTMLElement>('button:not([disabled])')];
  const at = tools.findIndex((tool) => tool === document.activeElement);
  const actions: Readonly<Record<string, () => void>> = {
    Escape: props.onBack,
    F6: props.onBack,
    f: props.onFind,
    k: props.onPalette,
    ArrowRight: () => tools[(at + 1) % tools.length]?.focus(),
    ArrowLeft: () => tools.at(at - 1)?.focus(),
  };
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}
