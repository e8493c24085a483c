// The line under the terminal: tools left; size, viewers and who types right. F6 leads here, plain keys work here.
import { Accessibility, Activity, Bell, Copy, ExternalLink, Search, SlidersHorizontal } from 'lucide-react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';
import { t } from '../../lib/i18n/t.js';
import { Kbd } from '../../ui/kbd.js';
import { buttonStyle } from '../../ui/button.js';
import { IconButton } from '../../ui/icon-button.js';
import { TakeControl } from './terminal-notices.js';
import { typistWord, type Typist } from './describe.js';
import { watchersWord } from './presence.js';
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
  /** Name of the user who is signed in. */
  me: string | undefined;
  /** The agent rang the bell a moment ago. */
  rang: boolean;
  /** Which panel is open. */
  panel: 'about' | 'settings' | null;
  onAbout: () => void;
  onSettings: () => void;
  onSelectAll: () => void;
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
  const { ref, screenReader, selected, panel, onFind, onCopy, onPopOut } = props;
  return (
    <div
      ref={ref}
      role="toolbar"
      aria-label={t('terminal.toolbar')}
      className="@container flex h-9 shrink-0 items-center gap-1 overflow-hidden border-t border-line bg-bg px-3 text-12 text-text-3"
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
      <Tool
        icon={<Activity aria-hidden="true" />}
        label={t('terminal.aboutShort')}
        title={t('terminal.about')}
        expanded={panel === 'about'}
        onClick={props.onAbout}
      />
      <IconButton
        size="sm"
        label={t('terminal.settings')}
        aria-expanded={panel === 'settings'}
        onClick={props.onSettings}
      >
        <SlidersHorizontal aria-hidden="true" />
      </IconButton>
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

function Facts({ state, typist, mayType, word, me, rang, onTakeControl }: StatusBarProps) {
  const watchers = watchersWord(state, me);
  const running = state.exit === null && state.phase === 'live';
  return (
    <div className="ml-auto flex min-w-0 items-center gap-3 whitespace-nowrap [&>*+*]:border-l [&>*+*]:border-line-2 [&>*+*]:pl-3">
      {rang && (
        <span role="status" className="text-text-2" title={t('terminal.bell')}>
          <Bell className="size-3.5" aria-hidden="true" />
          <span className="sr-only">{t('terminal.bell')}</span>
        </span>
      )}
      {running && state.echoMs !== null && (
        <span className="nums @max-[900px]:hidden" title={t('terminal.echoHint')}>
          {t('terminal.echo', { ms: Math.max(1, Math.round(state.echoMs)) })}
        </span>
      )}
      {state.epoch !== null && (
        <span
          className="nums @max-[640px]:hidden"
          title={t('terminal.size', { cols: state.cols, rows: state.rows })}
        >
          {state.cols} × {state.rows}
        </span>
      )}
      {watchers !== null && (
        <span
          className="max-w-56 truncate @max-[720px]:hidden"
          title={state.viewers.map(({ user }) => user).join(', ')}
        >
          {watchers}
        </span>
      )}
      <span role="status" className="flex min-w-0 items-center gap-2 text-text-2">
        <span className="truncate">
          {word ?? (running ? typistWord(typist, state.controller?.user ?? '') : t('terminal.agentEnded'))}
        </span>
        {running && word === null && typist !== 'you' && mayType && (
          <TakeControl onTakeControl={onTakeControl} />
        )}
      </span>
      <span className="flex items-center gap-2 pointer-coarse:hidden @max-[820px]:hidden">
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
  expanded?: boolean;
  onClick: () => void;
}

function Tool({ icon, label, title, first = false, expanded, onClick }: ToolProps) {
  return (
    <button
      type="button"
      title={title ?? label}
      data-first={first ? '' : undefined}
      aria-expanded={expanded}
      className={buttonStyle({ variant: 'ghost', size: 'sm' })}
      onClick={onClick}
    >
      {icon}
      <span className="@max-[640px]:sr-only">{label}</span>
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
    c: props.onCopy,
    a: props.onSelectAll,
    i: props.onAbout,
    k: props.onPalette,
    ArrowRight: () => tools[(at + 1) % tools.length]?.focus(),
    ArrowLeft: () => tools.at(at - 1)?.focus(),
  };
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}
