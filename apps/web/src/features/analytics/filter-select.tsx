// A filter with its name inside the control: `Host all`.
import { Select } from '../../ui/select.js';
import { t } from '../../lib/i18n/t.js';

export interface FilterSelectProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  /** Value and word. */
  options: readonly (readonly [string, string])[];
}

export function FilterSelect({ label, value, onChange, options }: FilterSelectProps) {
  const known = value === undefined || options.some(([each]) => each === value);
  const shown = known ? options : [...options, [value, value] as const];
  return (
    <Select
      aria-label={label}
      value={value ?? ''}
      onValueChange={(next) => onChange(next === '' ? undefined : next)}
      className="h-[26px] max-w-44 rounded-full! border-line-2! text-12 font-medium text-ellipsis max-sm:pr-6 max-sm:pl-2"
      options={[
        { value: '', label: `${label}: ${t('usage.all')}` },
        ...shown
          .toSorted(([, a], [, b]) => a.localeCompare(b))
          .map(([each, word]) => ({ value: each, label: word })),
      ]}
    />
  );
}
