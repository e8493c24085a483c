// A searchable choice with rich rows: icon, label, detail, a reason when a row cannot be chosen. Virtual when long.
import { cx } from 'class-variance-authority';
import { ChevronDown } from 'lucide-react';
import { Popover as Radix } from 'radix-ui';
import { useId, useState, type ReactNode } from 'react';
import { t } from '../lib/i18n/t.js';
import { ComboboxList } from './combobox-list.js';
import { fieldStyle } from './input.js';
import { popoverSurface } from './popover.js';

export interface ComboboxOption {
  value: string;
  label: string;
  /** Quieter text behind the label: a path, a count. */
  detail?: string;
  icon?: ReactNode;
  disabled?: boolean;
  /** Replaces the detail of a disabled row: "not installed on dev-01". */
  disabledReason?: string;
}

export interface ComboboxProps {
  value: string | null;
  onValueChange: (value: string) => void;
  options: readonly ComboboxOption[];
  /** Spoken name; visible labels come from Field through `id`. */
  label: string;
  placeholder?: string;
  /** Off for short lists: no search line. */
  searchable?: boolean;
  /** The list is still coming. */
  loading?: boolean;
  /** Shown when there are no options at all. */
  empty?: ReactNode;
  /** Details are paths or branches. */
  monoDetail?: boolean;
  disabled?: boolean;
  id?: string;
  'aria-describedby'?: string | undefined;
  'aria-invalid'?: true | undefined;
}

export function Combobox(props: ComboboxProps) {
  const { value, onValueChange, options, label, placeholder, disabled, id, monoDetail = false } = props;
  const [open, setOpen] = useState(false);
  const listId = useId();
  const chosen = options.find((option) => option.value === value);
  return (
    // Modal: else the list could not be scrolled by wheel inside a dialog.
    <Radix.Root open={open} onOpenChange={setOpen} modal>
      <Radix.Trigger asChild>
        <button
          type="button"
          role="combobox"
          id={id}
          aria-label={chosen ? `${label}: ${chosen.label}` : label}
          aria-expanded={open}
          aria-controls={listId}
          aria-haspopup="listbox"
          aria-describedby={props['aria-describedby']}
          aria-invalid={props['aria-invalid']}
          disabled={disabled}
          className={cx(fieldStyle(), 'flex items-center gap-2 text-left')}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
            event.preventDefault();
            setOpen(true);
          }}
        >
          {chosen?.icon}
          <span className={cx('truncate', chosen ? 'font-medium' : 'text-text-3')}>
            {chosen?.label ?? placeholder ?? t('ui.search')}
          </span>
          {chosen?.detail !== undefined && (
            <span className={cx('min-w-0 flex-1 truncate text-12 text-text-3', monoDetail && 'mono')}>
              {chosen.detail}
            </span>
          )}
          <ChevronDown className="ml-auto size-3.5 text-text-3" aria-hidden="true" />
        </button>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className={cx(popoverSurface, 'w-(--radix-popover-trigger-width) min-w-64 overflow-hidden')}
          aria-label={label}
        >
          <ComboboxList
            {...props}
            listId={listId}
            onChoose={(next) => {
              onValueChange(next);
              setOpen(false);
            }}
          />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
