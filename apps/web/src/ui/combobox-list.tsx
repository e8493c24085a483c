// The open part of the combobox: search line, list, keyboard. Focus stays in one element; rows are pointed at.
import { cx } from 'class-variance-authority';
import { Check, Search } from 'lucide-react';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { t } from '../lib/i18n/t.js';
import type { ComboboxOption, ComboboxProps } from './combobox.js';
import { Spinner } from './spinner.js';
import { useListWindow } from './use-list-window.js';

const ROW = 32;
/** px; about nine rows, so that a cut row shows that there is more. */
const VIEWPORT = 296;

interface ListProps extends ComboboxProps {
  listId: string;
  onChoose: (value: string) => void;
}

const words = (option: ComboboxOption): string => `${option.label} ${option.detail ?? ''}`.toLowerCase();

/** All words of the query must occur; matches at the start of the label come first. */
export function filterOptions(options: readonly ComboboxOption[], query: string): readonly ComboboxOption[] {
  const parts = query.toLowerCase().split(/\s+/).filter(Boolean);
  const [head] = parts;
  if (head === undefined) return options;
  const found = options.filter((option) => parts.every((part) => words(option).includes(part)));
  const starts = (option: ComboboxOption): number => (option.label.toLowerCase().startsWith(head) ? 0 : 1);
  return found.toSorted((a, b) => starts(a) - starts(b));
}

function step(options: readonly ComboboxOption[], from: number, by: 1 | -1): number {
  for (let at = from + by; at >= 0 && at < options.length; at += by)
    if (options[at]?.disabled !== true) return at;
  return from;
}

export function ComboboxList(props: ListProps) {
  const { options, value, listId, onChoose, label, searchable = true, loading = false, empty } = props;
  const [query, setQuery] = useState('');
  const shown = useMemo(() => filterOptions(options, query), [options, query]);
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      options.findIndex((option) => option.value === value),
    ),
  );
  const scroller = useRef<HTMLDivElement>(null);
  const list = useListWindow(shown.length, ROW, VIEWPORT);

  const point = (at: number): void => {
    setActive(at);
    const box = scroller.current;
    if (!box) return;
    if (at * ROW < box.scrollTop) box.scrollTop = at * ROW;
    if ((at + 1) * ROW > box.scrollTop + box.clientHeight) box.scrollTop = (at + 1) * ROW - box.clientHeight;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, () => number>> = {
      ArrowDown: () => step(shown, active, 1),
      ArrowUp: () => step(shown, active, -1),
      Home: () => step(shown, -1, 1),
      End: () => step(shown, shown.length, -1),
    };
    const move = moves[event.key];
    const option = shown[active];
    if (move) point(move());
    else if (event.key === 'Enter' && option && option.disabled !== true) onChoose(option.value);
    else return;
    event.preventDefault();
  };
  const focusProps = {
    onKeyDown,
    'aria-controls': listId,
    'aria-activedescendant': shown[active] ? `${listId}-${active}` : undefined,
  };
  return (
    <>
      {searchable && (
        <div className="relative border-b border-line">
          <Search className="absolute inset-y-0 left-3 my-auto size-3.5 text-text-3" aria-hidden="true" />
          <input
            role="searchbox"
            aria-label={`${label}: ${t('ui.search')}`}
            autoComplete="off"
            spellCheck={false}
            className="h-9 w-full bg-transparent pr-3 pl-9 text-13 outline-none placeholder:text-text-3 pointer-coarse:h-11 pointer-coarse:text-16"
            placeholder={t('ui.search')}
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              point(0);
            }}
            {...focusProps}
          />
        </div>
      )}
      <div
        ref={scroller}
        id={listId}
        role="listbox"
        aria-label={label}
        tabIndex={searchable ? -1 : 0}
        className="max-h-[296px] scroll-thin overflow-y-auto outline-none"
        onScroll={list.onScroll}
        {...(searchable ? {} : focusProps)}
      >
        <div style={{ paddingTop: list.padTop, paddingBottom: list.padBottom }}>
          {shown.slice(list.start, list.end).map((option, i) => (
            <Row
              key={option.value}
              id={`${listId}-${list.start + i}`}
              option={option}
              active={list.start + i === active}
              chosen={option.value === value}
              position={{ at: list.start + i + 1, of: shown.length }}
              mono={props.monoDetail ?? false}
              onPoint={() => setActive(list.start + i)}
              onChoose={() => onChoose(option.value)}
            />
          ))}
        </div>
        {shown.length === 0 && (
          <div className="px-3 py-4 text-center text-12 text-text-3">
            {loading ? (
              <LoadingLine />
            ) : query === '' ? (
              (empty ?? t('ui.noOptions'))
            ) : (
              t('ui.noMatch', { query })
            )}
          </div>
        )}
      </div>
    </>
  );
}

const LoadingLine = () => (
  <span className="inline-flex items-center gap-2">
    <Spinner /> {t('ui.loading')}
  </span>
);

interface RowProps {
  id: string;
  option: ComboboxOption;
  active: boolean;
  chosen: boolean;
  position: { at: number; of: number };
  mono: boolean;
  onPoint: () => void;
  onChoose: () => void;
}

function Row({ id, option, active, chosen, position, mono, onPoint, onChoose }: RowProps) {
  const off = option.disabled === true;
  const detail = off ? (option.disabledReason ?? option.detail) : option.detail;
  return (
    <div
      id={id}
      role="option"
      aria-selected={chosen}
      aria-disabled={off}
      aria-setsize={position.of}
      aria-posinset={position.at}
      className={cx(
        'flex h-8 items-center gap-2 px-3',
        active && !off && 'bg-raised-2',
        off ? 'text-text-3' : 'text-text',
      )}
      onPointerMove={onPoint}
      onClick={off ? undefined : onChoose}
    >
      {option.icon}
      <span className="shrink-0 truncate font-medium">{option.label}</span>
      <span className={cx('min-w-0 flex-1 truncate text-12 text-text-3', mono && !off && 'mono')}>
        {detail}
      </span>
      {chosen && <Check className="size-3.5 text-accent" aria-hidden="true" />}
    </div>
  );
}
